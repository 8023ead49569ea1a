"use strict";(()=>{var B=globalThis,F=B.ShadowRoot&&(B.ShadyCSS===void 0||B.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,te=Symbol(),we=new WeakMap,q=class{constructor(t,e,i){if(this._$cssResult$=!0,i!==te)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(F&&t===void 0){let i=e!==void 0&&e.length===1;i&&(t=we.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),i&&we.set(e,t))}return t}toString(){return this.cssText}},$e=n=>new q(typeof n=="string"?n:n+"",void 0,te),ie=(n,...t)=>{let e=n.length===1?n[0]:t.reduce((i,s,r)=>i+(a=>{if(a._$cssResult$===!0)return a.cssText;if(typeof a=="number")return a;throw Error("Value passed to 'css' function must be a 'css' function result: "+a+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+n[r+1],n[0]);return new q(e,n,te)},ke=(n,t)=>{if(F)n.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let i=document.createElement("style"),s=B.litNonce;s!==void 0&&i.setAttribute("nonce",s),i.textContent=e.cssText,n.appendChild(i)}},se=F?n=>n:n=>n instanceof CSSStyleSheet?(t=>{let e="";for(let i of t.cssRules)e+=i.cssText;return $e(e)})(n):n;var{is:Ge,defineProperty:Ve,getOwnPropertyDescriptor:Je,getOwnPropertyNames:Ze,getOwnPropertySymbols:Xe,getPrototypeOf:et}=Object,W=globalThis,Ee=W.trustedTypes,tt=Ee?Ee.emptyScript:"",it=W.reactiveElementPolyfillSupport,O=(n,t)=>n,ne={toAttribute(n,t){switch(t){case Boolean:n=n?tt:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,t){let e=n;switch(t){case Boolean:e=n!==null;break;case Number:e=n===null?null:Number(n);break;case Object:case Array:try{e=JSON.parse(n)}catch{e=null}}return e}},Se=(n,t)=>!Ge(n,t),Te={attribute:!0,type:String,converter:ne,reflect:!1,useDefault:!1,hasChanged:Se};Symbol.metadata??=Symbol("metadata"),W.litPropertyMetadata??=new WeakMap;var m=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Te){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let i=Symbol(),s=this.getPropertyDescriptor(t,i,e);s!==void 0&&Ve(this.prototype,t,s)}}static getPropertyDescriptor(t,e,i){let{get:s,set:r}=Je(this.prototype,t)??{get(){return this[e]},set(a){this[e]=a}};return{get:s,set(a){let l=s?.call(this);r?.call(this,a),this.requestUpdate(t,l,i)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Te}static _$Ei(){if(this.hasOwnProperty(O("elementProperties")))return;let t=et(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(O("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(O("properties"))){let e=this.properties,i=[...Ze(e),...Xe(e)];for(let s of i)this.createProperty(s,e[s])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[i,s]of e)this.elementProperties.set(i,s)}this._$Eh=new Map;for(let[e,i]of this.elementProperties){let s=this._$Eu(e,i);s!==void 0&&this._$Eh.set(s,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let i=new Set(t.flat(1/0).reverse());for(let s of i)e.unshift(se(s))}else t!==void 0&&e.push(se(t));return e}static _$Eu(t,e){let i=e.attribute;return i===!1?void 0:typeof i=="string"?i:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let i of e.keys())this.hasOwnProperty(i)&&(t.set(i,this[i]),delete this[i]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ke(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,i){this._$AK(t,i)}_$ET(t,e){let i=this.constructor.elementProperties.get(t),s=this.constructor._$Eu(t,i);if(s!==void 0&&i.reflect===!0){let r=(i.converter?.toAttribute!==void 0?i.converter:ne).toAttribute(e,i.type);this._$Em=t,r==null?this.removeAttribute(s):this.setAttribute(s,r),this._$Em=null}}_$AK(t,e){let i=this.constructor,s=i._$Eh.get(t);if(s!==void 0&&this._$Em!==s){let r=i.getPropertyOptions(s),a=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:ne;this._$Em=s;let l=a.fromAttribute(e,r.type);this[s]=l??this._$Ej?.get(s)??l,this._$Em=null}}requestUpdate(t,e,i,s=!1,r){if(t!==void 0){let a=this.constructor;if(s===!1&&(r=this[t]),i??=a.getPropertyOptions(t),!((i.hasChanged??Se)(r,e)||i.useDefault&&i.reflect&&r===this._$Ej?.get(t)&&!this.hasAttribute(a._$Eu(t,i))))return;this.C(t,e,i)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:i,reflect:s,wrapped:r},a){i&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,a??e??this[t]),r!==!0||a!==void 0)||(this._$AL.has(t)||(this.hasUpdated||i||(e=void 0),this._$AL.set(t,e)),s===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,r]of this._$Ep)this[s]=r;this._$Ep=void 0}let i=this.constructor.elementProperties;if(i.size>0)for(let[s,r]of i){let{wrapped:a}=r,l=this[s];a!==!0||this._$AL.has(s)||l===void 0||this.C(s,void 0,r,l)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(i=>i.hostUpdate?.()),this.update(e)):this._$EM()}catch(i){throw t=!1,this._$EM(),i}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};m.elementStyles=[],m.shadowRootOptions={mode:"open"},m[O("elementProperties")]=new Map,m[O("finalized")]=new Map,it?.({ReactiveElement:m}),(W.reactiveElementVersions??=[]).push("2.1.2");var ce=globalThis,_e=n=>n,K=ce.trustedTypes,Ae=K?K.createPolicy("lit-html",{createHTML:n=>n}):void 0,Oe="$lit$",w=`lit$${Math.random().toFixed(9).slice(2)}$`,Pe="?"+w,st=`<${Pe}>`,S=document,U=()=>S.createComment(""),N=n=>n===null||typeof n!="object"&&typeof n!="function",pe=Array.isArray,nt=n=>pe(n)||typeof n?.[Symbol.iterator]=="function",re=`[ 	
\f\r]`,P=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Ce=/-->/g,Le=/>/g,E=RegExp(`>|${re}(?:([^\\s"'>=/]+)(${re}*=${re}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Me=/'/g,Re=/"/g,Ue=/^(?:script|style|textarea|title)$/i,ue=n=>(t,...e)=>({_$litType$:n,strings:t,values:e}),o=ue(1),A=ue(2),Pt=ue(3),_=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),qe=new WeakMap,T=S.createTreeWalker(S,129);function Ne(n,t){if(!pe(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ae!==void 0?Ae.createHTML(t):t}var rt=(n,t)=>{let e=n.length-1,i=[],s,r=t===2?"<svg>":t===3?"<math>":"",a=P;for(let l=0;l<e;l++){let h=n[l],c,u,p=-1,f=0;for(;f<h.length&&(a.lastIndex=f,u=a.exec(h),u!==null);)f=a.lastIndex,a===P?u[1]==="!--"?a=Ce:u[1]!==void 0?a=Le:u[2]!==void 0?(Ue.test(u[2])&&(s=RegExp("</"+u[2],"g")),a=E):u[3]!==void 0&&(a=E):a===E?u[0]===">"?(a=s??P,p=-1):u[1]===void 0?p=-2:(p=a.lastIndex-u[2].length,c=u[1],a=u[3]===void 0?E:u[3]==='"'?Re:Me):a===Re||a===Me?a=E:a===Ce||a===Le?a=P:(a=E,s=void 0);let y=a===E&&n[l+1].startsWith("/>")?" ":"";r+=a===P?h+st:p>=0?(i.push(c),h.slice(0,p)+Oe+h.slice(p)+w+y):h+w+(p===-2?l:y)}return[Ne(n,r+(n[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),i]},H=class n{constructor({strings:t,_$litType$:e},i){let s;this.parts=[];let r=0,a=0,l=t.length-1,h=this.parts,[c,u]=rt(t,e);if(this.el=n.createElement(c,i),T.currentNode=this.el.content,e===2||e===3){let p=this.el.content.firstChild;p.replaceWith(...p.childNodes)}for(;(s=T.nextNode())!==null&&h.length<l;){if(s.nodeType===1){if(s.hasAttributes())for(let p of s.getAttributeNames())if(p.endsWith(Oe)){let f=u[a++],y=s.getAttribute(p).split(w),j=/([.?@])?(.*)/.exec(f);h.push({type:1,index:r,name:j[2],strings:y,ctor:j[1]==="."?oe:j[1]==="?"?le:j[1]==="@"?he:L}),s.removeAttribute(p)}else p.startsWith(w)&&(h.push({type:6,index:r}),s.removeAttribute(p));if(Ue.test(s.tagName)){let p=s.textContent.split(w),f=p.length-1;if(f>0){s.textContent=K?K.emptyScript:"";for(let y=0;y<f;y++)s.append(p[y],U()),T.nextNode(),h.push({type:2,index:++r});s.append(p[f],U())}}}else if(s.nodeType===8)if(s.data===Pe)h.push({type:2,index:r});else{let p=-1;for(;(p=s.data.indexOf(w,p+1))!==-1;)h.push({type:7,index:r}),p+=w.length-1}r++}}static createElement(t,e){let i=S.createElement("template");return i.innerHTML=t,i}};function C(n,t,e=n,i){if(t===_)return t;let s=i!==void 0?e._$Co?.[i]:e._$Cl,r=N(t)?void 0:t._$litDirective$;return s?.constructor!==r&&(s?._$AO?.(!1),r===void 0?s=void 0:(s=new r(n),s._$AT(n,e,i)),i!==void 0?(e._$Co??=[])[i]=s:e._$Cl=s),s!==void 0&&(t=C(n,s._$AS(n,t.values),s,i)),t}var ae=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:i}=this._$AD,s=(t?.creationScope??S).importNode(e,!0);T.currentNode=s;let r=T.nextNode(),a=0,l=0,h=i[0];for(;h!==void 0;){if(a===h.index){let c;h.type===2?c=new I(r,r.nextSibling,this,t):h.type===1?c=new h.ctor(r,h.name,h.strings,this,t):h.type===6&&(c=new de(r,this,t)),this._$AV.push(c),h=i[++l]}a!==h?.index&&(r=T.nextNode(),a++)}return T.currentNode=S,s}p(t){let e=0;for(let i of this._$AV)i!==void 0&&(i.strings!==void 0?(i._$AI(t,i,e),e+=i.strings.length-2):i._$AI(t[e])),e++}},I=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,i,s){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=i,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=C(this,t,e),N(t)?t===d||t==null||t===""?(this._$AH!==d&&this._$AR(),this._$AH=d):t!==this._$AH&&t!==_&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):nt(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==d&&N(this._$AH)?this._$AA.nextSibling.data=t:this.T(S.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:i}=t,s=typeof i=="number"?this._$AC(t):(i.el===void 0&&(i.el=H.createElement(Ne(i.h,i.h[0]),this.options)),i);if(this._$AH?._$AD===s)this._$AH.p(e);else{let r=new ae(s,this),a=r.u(this.options);r.p(e),this.T(a),this._$AH=r}}_$AC(t){let e=qe.get(t.strings);return e===void 0&&qe.set(t.strings,e=new H(t)),e}k(t){pe(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,i,s=0;for(let r of t)s===e.length?e.push(i=new n(this.O(U()),this.O(U()),this,this.options)):i=e[s],i._$AI(r),s++;s<e.length&&(this._$AR(i&&i._$AB.nextSibling,s),e.length=s)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let i=_e(t).nextSibling;_e(t).remove(),t=i}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},L=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,i,s,r){this.type=1,this._$AH=d,this._$AN=void 0,this.element=t,this.name=e,this._$AM=s,this.options=r,i.length>2||i[0]!==""||i[1]!==""?(this._$AH=Array(i.length-1).fill(new String),this.strings=i):this._$AH=d}_$AI(t,e=this,i,s){let r=this.strings,a=!1;if(r===void 0)t=C(this,t,e,0),a=!N(t)||t!==this._$AH&&t!==_,a&&(this._$AH=t);else{let l=t,h,c;for(t=r[0],h=0;h<r.length-1;h++)c=C(this,l[i+h],e,h),c===_&&(c=this._$AH[h]),a||=!N(c)||c!==this._$AH[h],c===d?t=d:t!==d&&(t+=(c??"")+r[h+1]),this._$AH[h]=c}a&&!s&&this.j(t)}j(t){t===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},oe=class extends L{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===d?void 0:t}},le=class extends L{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==d)}},he=class extends L{constructor(t,e,i,s,r){super(t,e,i,s,r),this.type=5}_$AI(t,e=this){if((t=C(this,t,e,0)??d)===_)return;let i=this._$AH,s=t===d&&i!==d||t.capture!==i.capture||t.once!==i.once||t.passive!==i.passive,r=t!==d&&(i===d||s);s&&this.element.removeEventListener(this.name,this,i),r&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},de=class{constructor(t,e,i){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=i}get _$AU(){return this._$AM._$AU}_$AI(t){C(this,t)}};var at=ce.litHtmlPolyfillSupport;at?.(H,I),(ce.litHtmlVersions??=[]).push("3.3.3");var He=(n,t,e)=>{let i=e?.renderBefore??t,s=i._$litPart$;if(s===void 0){let r=e?.renderBefore??null;i._$litPart$=s=new I(t.insertBefore(U(),r),r,void 0,e??{})}return s._$AI(n),s};var ge=globalThis,$=class extends m{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=He(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return _}};$._$litElement$=!0,$.finalized=!0,ge.litElementHydrateSupport?.({LitElement:$});var ot=ge.litElementPolyfillSupport;ot?.({LitElement:$});(ge.litElementVersions??=[]).push("4.2.2");var g=class extends Error{constructor(e,i,s,r=0){super(s);this.status=e;this.code=i;this.retryAfter=r}get temporary(){return this.status===0||this.status===429||this.status>=500}get sessionEnded(){return this.status===401}},lt=2e4,Y=class{constructor(t,e){this.endpoint=t;this.token=e}url(t){return this.endpoint+(t.startsWith("/api/chat/")?t:`/api/chat${t}`)}headers(t={}){let e=this.token();return e?{Authorization:`Bearer ${e}`,...t}:t}async call(t,e,i){let s=new AbortController,r=setTimeout(()=>s.abort(),lt),a;try{a=await fetch(this.url(e),{method:t,headers:this.headers(i===void 0?{}:{"Content-Type":"application/json"}),body:i===void 0?null:JSON.stringify(i),credentials:"omit",signal:s.signal})}catch{throw new g(0,"offline","")}finally{clearTimeout(r)}if(a.ok)return a;let l=`http_${a.status}`,h="";try{let c=await a.json();l=c.code??l,h=c.message??""}catch{}throw new g(a.status,l,h,Number(a.headers.get("Retry-After"))||0)}async config(){return await(await this.call("GET","/config")).json()}async open(t){return await(await this.call("POST","/sessions",{consent:!0,consent_version:t})).json()}async send(t){return(await(await this.call("POST","/messages",t)).json()).seq}async lineLinked(){return(await(await this.call("GET","/line")).json()).linked}async lineCode(){return await(await this.call("POST","/line")).json()}async blob(t){return(await this.call("GET",t)).blob()}};var ht={title:"キャリア相談",subtitle:"自動応答です",launcher:"仕事の相談をする",close:"閉じる",menu:"メニュー",human:"人に相談",humanLong:"アドバイザーに相談する",placeholder:"メッセージを入力",send:"送信",log:"会話",consentTitle:"はじめる前に",consentAgree:"同意してはじめる",consentLink:"個人情報の取り扱い",consentLoad:"読み込んでいます…",retry:"もう一度送る",reload:"もう一度試す",sending:"送信中",sent:"送信しました",failed:"送信できませんでした",you:"あなた",bot:"自動応答",adviser:"アドバイザー",adviserNow:"アドバイザーが対応しています",adviserSoon:"アドバイザーをお呼びしています",typingBot:"入力中です",typingAdviser:"さんが入力中です",reconnecting:"接続が切れました。つなぎ直しています…",offline:"オフラインです。つながると自動で再開します。",queued:"アドバイザーをお呼びしています。このままお待ちください。",queuedPosition:"アドバイザーをお呼びしています。前に{n}人お待ちです。",queuedNext:"アドバイザーをお呼びしています。次にご案内します。",stopWaiting:"待つのをやめる",active:"{name}が対応しています",scheduled:"ご希望の日時を受け付けました。アドバイザーからご連絡します。",closed:"この相談は終了しました",tooLong:"{max}文字以内で送ってください。",tooFast:"少し時間をおいてから送ってください。",serverError:"うまく送れませんでした。少し待ってから、もう一度お試しください。",sessionEnded:"前回の相談は期限が切れました。あらためてはじめてください。",count:"{n} / {max}文字",save:"会話を保存する",saveFile:"相談の記録.txt",data:"自分のデータを受け取る",dataFile:"自分のデータ.json",delete:"自分のデータを削除する",end:"相談を終える",line:"LINEで続ける",lineHow:"LINE を開き、入力されている番号をそのまま送ってください。届いたボタンから確認に進むと、続きを LINE でお話しいただけます。",lineScan:"スマートフォンの LINE で読み取ってください。",lineCode:"番号（{minutes}分で切れます）",lineOpen:"LINE を開く",lineLinked:"この相談は LINE とつながっています。同じお話の続きを、LINE でもお話しいただけます。",lineUnlink:"連携を解除する",deleteAsk:"会話とデータをすべて削除します。元に戻せません。",deleteYes:"削除する",deleted:"データを削除しました。",endAsk:"この相談を終えますか？",endYes:"終える",no:"戻る",rate:"相談はいかがでしたか",rateComment:"よければ一言お聞かせください（任意）",rateSend:"送る",rateThanks:"ありがとうございました。",rateHint:"星を選んでください",rateLabels:"よくなかった|いまひとつ|ふつう|よかった|とてもよかった",again:"新しく相談する",newMessages:"新しいメッセージ",toEnd:"いちばん下へ",appointment:"連絡先を残す",today:"今日",yesterday:"昨日",progress:"質問 {step} / {of}",resultTitle:"自己分析の結果",axisLeft:"事務職",axisRight:"バックオフィス",axisLabel:"事務職とバックオフィスのあいだでの位置",axisHint:"●は答えの平均、帯は答えのばらつき",axisBlank:"まだ答えがありません",axisMiddle:"中ほど",axisTowards:"「{end}」寄り",bandClear:"傾向がはっきりしています",bandSlight:"ややこちら寄りです",bandBoth:"どちらの要素もあります",bandInsufficient:"まだ手がかりが足りません",rolesTitle:"読んでみてほしい仕事",evidenceTitle:"手がかり（あなたの言葉）",counterTitle:"合わないかもしれないこと・確かめたいこと",surenessTitle:"どのくらい確かか",nextTitle:"次の一歩",editSheet:"シートを開いて、自己PRを直す",sheetFile:"自己分析シート（PDF）",sheetName:"自己分析シート.pdf",chartFile:"図を保存（画像）",chartName:"自己分析の図.png",image:"画像",languageTag:"ja-JP"},dt={title:"Career chat",subtitle:"In Japanese",launcher:"Ask about jobs",close:"Close",menu:"Menu",human:"Adviser",humanLong:"Talk to an adviser",placeholder:"Write a message",send:"Send",log:"Conversation",consentTitle:"Before we start",consentAgree:"Agree and start",consentLink:"How personal data is handled",consentLoad:"Loading…",retry:"Send again",reload:"Try again",sending:"Sending",sent:"Sent",failed:"Not sent",you:"You",bot:"Automatic answer",adviser:"Adviser",adviserNow:"Adviser, in this chat",adviserSoon:"Calling an adviser",typingBot:"Writing",typingAdviser:" is writing",reconnecting:"Connection lost. Reconnecting…",offline:"You are offline. The chat resumes by itself.",queued:"Calling an adviser. Please stay here.",queuedPosition:"Calling an adviser. {n} waiting before you.",queuedNext:"Calling an adviser. You are next.",stopWaiting:"Stop waiting",active:"{name} is with you",scheduled:"Your preferred time is noted. An adviser will contact you.",closed:"This conversation has ended",tooLong:"Please keep it within {max} characters.",tooFast:"Please wait a moment before sending.",serverError:"That did not work. Please try again in a moment.",sessionEnded:"Your earlier conversation has expired. Please start again.",count:"{n} / {max} characters",save:"Save the conversation",saveFile:"conversation.txt",data:"Get my data",dataFile:"my-data.json",delete:"Delete my data",end:"End the conversation",line:"Continue in LINE",lineHow:"Open LINE and send the code that is typed in. The button you get there leads to a page to confirm; then you can go on in LINE.",lineScan:"Scan with LINE on your phone.",lineCode:"Code (good for {minutes} minutes)",lineOpen:"Open LINE",lineLinked:"This conversation is linked with LINE. You can go on there as well.",lineUnlink:"Unlink",deleteAsk:"The conversation and your data will be deleted. This cannot be undone.",deleteYes:"Delete",deleted:"Your data was deleted.",endAsk:"End this conversation?",endYes:"End",no:"Cancel",rate:"How was it?",rateComment:"Anything you would like to tell us (optional)",rateSend:"Send",rateThanks:"Thank you.",rateHint:"Choose a number of stars",rateLabels:"Bad|Not good|OK|Good|Very good",again:"Start a new conversation",newMessages:"New messages",toEnd:"To the end",appointment:"Leave your contact",today:"Today",yesterday:"Yesterday",progress:"Question {step} of {of}",resultTitle:"Your self-analysis",axisLeft:"Office work",axisRight:"Back office",axisLabel:"Position between office work and back office",axisHint:"●: mean of the answers, band: their spread",axisBlank:"Not answered yet",axisMiddle:"in the middle",axisTowards:"towards {end}",bandClear:"A clear tendency",bandSlight:"A slight tendency",bandBoth:"You have something of both",bandInsufficient:"Not enough to go on yet",rolesTitle:"Jobs worth reading about",evidenceTitle:"In your own words",counterTitle:"Worth keeping in mind",surenessTitle:"How sure this is",nextTitle:"Next step",editSheet:"Open my sheet and edit it",sheetFile:"My sheet (PDF)",sheetName:"self-analysis.pdf",chartFile:"Save the chart (image)",chartName:"self-analysis.png",image:"Image",languageTag:"en-GB"};function Q(n,t={}){let e=n.startsWith("en")?dt:ht,i=Object.entries(t).filter(([s,r])=>s in e&&r!=="");return{...e,...Object.fromEntries(i)}}function x(n,t){return n.replace(/\{(\w+)\}/g,(e,i)=>String(t[i]??e))}var me=300,V=9,G=11;function M(n){let t=Math.max(-1,Math.min(1,n));return V+(t+1)/2*(me-2*V)}var ct=.15;function pt(n,t){return n.value===null?t.axisBlank:Math.abs(n.value)<ct?t.axisMiddle:x(t.axisTowards,{end:n.value<0?n.left:n.right})}function ut(n,t,e){let{value:i,low:s,high:r}=n,a=(l,h,c)=>A`<line class="rule" x1=${l} y1=${G-c} x2=${h} y2=${G+c} />`;return o`<div class="axis ${t?"main":""}">
    ${t?d:o`<b>${n.label}</b>`}
    <div class="poles"><span>${n.left}</span><span>${n.right}</span></div>
    <svg class="chart" viewBox="0 0 ${me} 22" role="img" aria-label=${`${n.label}: ${pt(n,e)}`}>
      ${a(V,me-V,0)}${a(M(0),M(0),5)}
      ${i===null||s===null||r===null?d:A`<rect class="spread" x=${M(s)} y=${G-7} width=${Math.max(2,M(r)-M(s))} height="14" rx="7" />`}
      ${i===null?d:A`<circle class="dot" cx=${M(i)} cy=${G} r=${t?8:6} />`}
    </svg>
    ${i===null?o`<p class="blank" aria-hidden="true">${e.axisBlank}</p>`:t?o`<p class="blank" aria-hidden="true">${e.axisHint}</p>`:d}
  </div>`}function gt(n,t){if(n.chart?.rows.length)return n.chart.rows;if(!n.axis)return[];let{value:e,coverage:i,band:s}=n.axis,r=.15+.45*(1-Math.max(0,Math.min(1,i))),a=s==="insufficient"?null:e,l=e??0;return[{label:t.axisLabel,left:t.axisLeft,right:t.axisRight,value:a,low:l-r,high:l+r}]}function ft(n,t){return n==="clear"?t.bandClear:n==="slight"?t.bandSlight:n==="both"?t.bandBoth:t.bandInsufficient}function fe(n,t=""){return n.filter(Boolean).map(e=>o`<p class=${t}>${e}</p>`)}function Ie(n,t){return t?.length?o`<h4>${n}</h4><ul>${t.map(e=>o`<li>${e}</li>`)}</ul>`:d}function mt(n,t,e,i){let s=(r,a,l)=>r?o`<button class="file" type="button" @click=${()=>e(r,l)}>${a}</button>`:d;return!n.sheet&&!n.image?d:o`<p class="files">
    ${n.edit?o`<a class="file" href=${i(n.edit)} target="_blank" rel="noopener">${t.editSheet}</a>`:d}
    ${s(n.sheet,t.sheetFile,t.sheetName)} ${s(n.image,t.chartFile,t.chartName)}
  </p>`}function ze(n,t,e,i){let s=n.card,r=a=>a?.map(l=>`「${l.words}」`);return o`<section class="card" aria-label=${n.title??t.resultTitle}>
    <h3>${s?.headline??n.title??t.resultTitle}</h3>
    ${gt(n,t).map((a,l)=>ut(a,l===0,t))}
    ${n.axis&&!s?o`<p class="band">${ft(n.axis.band,t)}</p>`:d}
    ${n.roles?.length||s?.jobs?o`<h4>${t.rolesTitle}</h4>
            ${n.roles?.length?o`<p class="roles">${n.roles.slice(0,3).map(a=>o`<span class="role">${a.job}</span>`)}</p>`:d}
            ${fe([s?.jobs])}`:d}
    ${Ie(t.evidenceTitle,s?.clues??r(n.evidence))}
    ${Ie(t.counterTitle,s?.cautions??r(n.counter))}
    ${s?.sureness?o`<h4>${t.surenessTitle}</h4>${fe([s.sureness,...s.more??[]])}`:d}
    ${s?.next||n.next_step?o`<h4>${t.nextTitle}</h4><p>${s?.next??n.next_step}</p>`:d}
    ${fe(s?.closing??[],"closing")}
    ${mt(n,t,e,i)}
  </section>`}function z(n){return n.type==="status"?n.seq!==void 0&&!!n.text:n.type==="message"&&!!(n.text||n.card||n.image)}var k=class{constructor(){this.bySeq=new Map;this.sorted=[];this.outgoing=[];this.lastSeq=0;this.state="bot";this.said="";this.adviser="";this.typing="";this.slow=""}take(t){return t.type==="typing"?(this.typing=t.state==="stop"?"":t.from??"",!0):t.seq===void 0?(this.follow(t),!0):this.bySeq.has(t.seq)?!1:(this.bySeq.set(t.seq,t),this.sorted=[...this.bySeq.values()].sort((e,i)=>(e.seq??0)-(i.seq??0)),this.lastSeq=Math.max(this.lastSeq,t.seq),t.from==="user"?this.outgoing=this.outgoing.filter(e=>e.seq!==t.seq&&e.id!==t.id):t.type==="message"&&(this.typing="",this.slow=""),this.follow(t),!0)}follow(t){if(t.from==="adviser"&&t.name&&(this.adviser=t.name),!(t.type!=="status"||!t.state)){if(t.state==="waiting"){this.slow=t.text??"";return}this.state=t.state,this.position=t.position,this.said=t.text??"",t.name&&(this.adviser=t.name)}}accepted(t,e){this.outgoing=this.bySeq.has(e)?this.outgoing.filter(i=>i.id!==t):this.outgoing.map(i=>i.id===t?{...i,state:"sent",seq:e}:i)}failed(t,e){this.outgoing=this.outgoing.map(i=>i.id===t?{...i,state:"failed",error:e}:i)}get events(){return this.sorted}get lastMessage(){return[...this.sorted].reverse().find(z)}get openChoices(){let t=this.lastMessage;if(this.state!=="queued"&&!(this.outgoing.some(e=>e.state!=="failed")||this.over))return t&&t.from!=="user"&&t.choices?.length?t:void 0}get waiting(){return this.state!=="bot"?!1:this.outgoing.some(t=>t.state==="sent")?!0:this.lastMessage?.from==="user"}get withAdviser(){return this.state==="active"||this.state==="wrap_up"}get over(){return this.state==="closed"||this.state==="abandoned"}get progress(){let t=!1;for(let e of[...this.sorted].reverse()){if(e.progress)return e.progress;if(e.from==="user"&&t)return;t||=e.from!=="user"&&z(e)}}};var J=class{constructor(){this.endedAt=-1/0}ended(t){this.endedAt=t.timeStamp}belongsToInput(t){return t.isComposing||t.keyCode===229||t.timeStamp-this.endedAt<40}};var xt=/\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>"「」（）、。]+)|([\w.+-]+@[\w-]+\.[\w.-]*\w)|(?<![\d-])(0\d{1,3}-\d{2,4}-\d{3,4}|11[09])(?![\d-])|\[([^\]\n]{1,80})\]\((https:\/\/[^\s)]+|mailto:[^\s)]+|tel:[\d+-]+)\)/g,vt=/^11[09]$/,De=40;function D(n,t,e=""){let i=n.startsWith("http");return o`<a class=${e||d} href=${n} rel="noopener noreferrer nofollow" target=${i?"_blank":d}>${t}</a>`}function bt(n,t){let e=t(n);if(e)return D(n,e,"act");let i=n.replace(/^https?:\/\//,"");return D(n,i.length>De?`${i.slice(0,De)}…`:i)}function Be(n,t){let e=[],i=0;for(let s of n.matchAll(xt)){let[r,a,l,h,c,u,p]=s;c&&vt.test(c)&&/[\d万円%年件]/.test(n.charAt((s.index??0)+r.length))||(e.push(n.slice(i,s.index)),a?e.push(o`<strong>${a}</strong>`):l?e.push(bt(l,t)):h?e.push(D(`mailto:${h}`,h)):c?e.push(D(`tel:${c.replace(/-/g,"")}`,c)):u&&p&&e.push(D(p,u)),i=(s.index??0)+r.length)}return e.push(n.slice(i)),e}var Fe=/^\s*(?:[-*•・]|[–—])\s*/,Z=/^\s*(?:(\d{1,2})[.)．）]|[①-⑳])\s*/;function je(n,t){let e=Z.exec(n),i=e?n.slice(e[0].length):n.replace(Fe,"");return o`<li value=${e?.[1]??d}>${Be(i,t)}</li>`}function xe(n){let t=new Map;for(let e of n?.text?.split(`
`)??[]){let[i="",s]=Z.exec(e)??[],r=e.slice(i.length).trim();s&&n?.choices?.some(a=>a.title===r)&&t.set(r,s)}return t}function We(n,t,e){let i=[],s=[],r="",a=()=>{let l=s;l.length&&(r==="ul"?i.push(o`<ul>${l.map(h=>je(h,t))}</ul>`):r==="ol"?i.push(o`<ol>${l.map(h=>je(h,t))}</ol>`):i.push(...l.map(h=>o`<p>${Be(h,t)}</p>`)),s=[])};for(let l of n.split(/\r?\n/)){let h=Fe.test(l)?"ul":Z.test(l)?"ol":l.trim()===""?"":"p";h!==r&&a(),r=h,h!==""&&!e.has(l.replace(Z,"").trim())&&s.push(l)}return a(),i}var X=class{constructor(t,e){this.kind=e;this.memory=null;this.key=`career-chat:${t}`,this.openKey=`${this.key}:open`}storage(){try{return this.kind==="session"?window.sessionStorage:window.localStorage}catch{return null}}get token(){try{return this.storage()?.getItem(this.key)??this.memory}catch{return this.memory}}set token(t){this.memory=t;try{t===null?this.storage()?.removeItem(this.key):this.storage()?.setItem(this.key,t)}catch{}}get wasOpen(){try{return this.token!==null&&window.sessionStorage.getItem(this.openKey)==="1"}catch{return!1}}set wasOpen(t){try{t&&this.token?window.sessionStorage.setItem(this.openKey,"1"):window.sessionStorage.removeItem(this.openKey)}catch{}}concerns(t){return t.key===this.key||t.key===null}};function ve(){if(crypto.randomUUID)return crypto.randomUUID();let n=crypto.getRandomValues(new Uint8Array(16));n[6]=(n[6]??0)&15|64,n[8]=(n[8]??0)&63|128;let t=[...n].map(e=>e.toString(16).padStart(2,"0")).join("");return[t.slice(0,8),t.slice(8,12),t.slice(12,16),t.slice(16,20),t.slice(20)].join("-")}var be=800,yt=2e4,wt=45e3,$t=2e4,ye=class{constructor(){this.rest=""}push(t){this.rest+=t;let e=this.rest.split(/\r?\n\r?\n/);return this.rest=e.pop()??"",e.map(i=>i.split(/\r?\n/).filter(s=>s.startsWith("data:")).map(s=>s.slice(5).replace(/^ /,"")).join(`
`)).filter(i=>i!=="")}},ee=class{constructor(t,e,i){this.api=t;this.listener=e;this.after=i;this.abort=null;this.wait=be;this.running=!1;this.heard=0}start(){this.running||(this.running=!0,this.connect())}stop(){this.running=!1,clearTimeout(this.timer),clearTimeout(this.watchdog),this.abort?.abort(),this.abort=null}nudge(){!this.running||this.abort!==null&&Date.now()-this.heard<$t||(clearTimeout(this.timer),this.abort?.abort(),this.wait=be,this.connect())}alive(t){clearTimeout(this.watchdog),this.heard=Date.now(),this.watchdog=setTimeout(()=>t.abort(),wt)}async connect(){let t=new AbortController;this.abort=t;try{await this.read(t)}catch(e){e instanceof g&&e.sessionEnded&&(this.running=!1,this.listener.ended(e))}this.abort===t&&(clearTimeout(this.watchdog),this.abort=null,this.running&&(this.listener.connected(!1),this.timer=setTimeout(()=>{this.connect()},this.wait*(.75+Math.random()/2)),this.wait=Math.min(this.wait*2,yt)))}async read(t){this.alive(t);let e=this.after(),i=await fetch(this.api.url(`/events?after=${e}`),{headers:this.api.headers({Accept:"text/event-stream","Last-Event-ID":String(e)}),credentials:"omit",cache:"no-store",signal:t.signal});if(!i.ok||!i.body)throw new g(i.status,`http_${i.status}`,"");this.wait=be,this.listener.connected(!0);let s=new ye,r=new TextDecoder,a=i.body.getReader();for(;;){let{done:l,value:h}=await a.read();if(l)return;this.alive(t);for(let c of s.push(r.decode(h,{stream:!0})))this.listener.event(JSON.parse(c))}}};var Ke=ie`
  :host {
    --accent: var(--career-chat-accent, #23655b);
    --on-accent: var(--career-chat-on-accent, #ffffff);
    --paper: var(--career-chat-background, #ffffff);
    --ground: var(--career-chat-ground, #f5f6f3);
    --ink: var(--career-chat-text, #22302d);
    --quiet: var(--career-chat-quiet, #5a6b67);
    --line: var(--career-chat-line, #dfe4e0);
    --adviser: var(--career-chat-adviser, #fdf1e3);
    --link: var(--accent);
    --danger: #b3261e;
    --on-danger: #ffffff;
    --shade: 20 40 36;
    --soft: color-mix(in srgb, var(--accent) 9%, var(--paper));
    --edge: color-mix(in srgb, var(--accent) 45%, var(--paper));
    --side: var(--career-chat-side, 20px);
    --bottom: var(--career-chat-bottom, 20px);
    position: fixed;
    inset: auto var(--side) calc(var(--bottom) + env(safe-area-inset-bottom)) auto;
    z-index: var(--career-chat-layer, 2147483000);
    color: var(--ink);
    font: 400 15px/1.75 var(--career-chat-font, system-ui, -apple-system, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif);
    text-align: start;
    letter-spacing: 0.01em;
    -webkit-text-size-adjust: 100%;
  }
  :host([theme="dark"]) {
    --accent: var(--career-chat-accent, #8ccfc0);
    --on-accent: var(--career-chat-on-accent, #10231f);
    --paper: var(--career-chat-background, #1c2523);
    --ground: var(--career-chat-ground, #141b1a);
    --ink: var(--career-chat-text, #e9efec);
    --quiet: var(--career-chat-quiet, #a6b5b0);
    --line: var(--career-chat-line, #34423e);
    --adviser: var(--career-chat-adviser, #40331f);
    --danger: #ff9d94;
    --on-danger: #2b0906;
    --shade: 0 0 0;
    color-scheme: dark;
  }
  :host([position="left"]) { inset: auto auto calc(var(--bottom) + env(safe-area-inset-bottom)) var(--side); }
  :host([hidden]) { display: none; }
  * { box-sizing: border-box; }
  button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button { cursor: pointer; border: 0; background: none; padding: 0; }
  button:disabled { cursor: default; opacity: 0.55; }
  :focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 55%, #ffffff); outline-offset: 2px; }
  /* On the coloured bar the ring has to stand out from the bar. */
  header :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  /* Japanese breaks between phrases (where the browser knows how). Not "pretty" as well: together they leave half of
     a line empty and cut words. */
  h2, h3, .launcher, .choices button, .bubble, .card, .sheet p, .status { word-break: auto-phrase; }
  h3, .system .bubble { text-wrap: balance; }

  .launcher {
    display: inline-flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 24px 0 19px;
    border-radius: 28px; background: var(--accent); color: var(--on-accent); font-weight: 600; white-space: nowrap;
    box-shadow: 0 2px 6px rgb(var(--shade) / 18%), 0 8px 24px rgb(var(--shade) / 20%); transition: transform 0.15s ease, box-shadow 0.15s ease;
  }
  .launcher svg { width: 24px; height: 24px; }
  .badge { min-width: 22px; padding: 0 6px; border-radius: 11px; background: var(--on-accent); color: var(--accent); font-size: 13px; line-height: 22px; text-align: center; }

  .pane {
    position: relative; display: flex; flex-direction: column; width: 408px; height: min(700px, calc(100vh - 2 * var(--bottom)));
    height: min(700px, calc(100dvh - 2 * var(--bottom)));
    border-radius: 20px; background: var(--paper); overflow: hidden; overflow: clip;
    box-shadow: 0 0 0 1px rgb(var(--shade) / 10%), 0 20px 60px rgb(var(--shade) / 24%); animation: rise 0.18s ease-out;
  }
  .pane:focus { outline: none; }
  @keyframes rise { from { opacity: 0; transform: translateY(12px); } }

  header { display: flex; align-items: center; gap: 4px; min-height: 68px; padding: 10px 8px 10px 16px; background: var(--accent); color: var(--on-accent); flex: none; }
  .face { position: relative; display: grid; place-items: center; width: 40px; height: 40px; margin-inline-end: 8px; border-radius: 50%; background: color-mix(in srgb, var(--on-accent) 18%, transparent); font-weight: 700; font-size: 17px; line-height: 1; flex: none; }
  .face svg { width: 22px; height: 22px; }
  .face.person { background: var(--on-accent); color: var(--accent); }
  .face.person::after { content: ""; position: absolute; right: -1px; bottom: -1px; width: 12px; height: 12px; border-radius: 50%; background: #4cc38a; border: 2px solid var(--accent); }
  .who { flex: 1; min-width: 0; }
  h2, .who p { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  h2 { font-size: 16px; line-height: 1.45; font-weight: 700; }
  .who p { font-size: 12px; line-height: 1.5; }
  header button { min-width: 44px; min-height: 44px; border-radius: 12px; display: grid; place-items: center; flex: none; }
  header svg { width: 22px; height: 22px; }
  header .more svg { stroke-width: 3; }
  header .human { display: flex; align-items: center; gap: 6px; padding: 0 14px 0 11px; font-size: 13px; font-weight: 600; border: 1px solid color-mix(in srgb, var(--on-accent) 60%, transparent); border-radius: 22px; white-space: nowrap; }
  header .human svg { width: 18px; height: 18px; }

  .menu { position: absolute; right: 10px; top: 62px; z-index: 3; min-width: 244px; padding: 6px; margin: 0; list-style: none; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 12px 36px rgb(var(--shade) / 22%); }
  .menu button { width: 100%; min-height: 46px; padding: 0 14px; text-align: start; border-radius: 11px; }
  .menu li:last-child { margin-top: 6px; padding-top: 6px; border-top: 1px solid var(--line); }
  .menu .danger { color: var(--danger); }

  .view { position: relative; flex: 1; min-height: 0; display: flex; background: var(--ground); }
  .body { position: relative; flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 14px 16px 14px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
  .down { position: absolute; right: 12px; bottom: 10px; display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-width: 44px; min-height: 44px; border-radius: 22px; background: var(--paper); color: var(--link); border: 1px solid var(--edge); font-size: 13px; font-weight: 600; box-shadow: 0 4px 16px rgb(var(--shade) / 18%); }
  .down.fresh { padding: 0 18px 0 14px; background: var(--accent); color: var(--on-accent); border-color: transparent; }
  .down svg { width: 18px; height: 18px; }
  .log { display: flex; flex-direction: column; gap: 4px; }
  .day { align-self: center; margin: 6px 0 4px; padding: 1px 12px; border-radius: 12px; font-size: 12px; color: var(--quiet); }
  .row { display: flex; flex-direction: column; align-items: flex-start; max-width: 90%; }
  .row.user { align-self: flex-end; align-items: flex-end; max-width: 84%; }
  .row.first { margin-top: 12px; }
  .name { font-size: 12px; color: var(--quiet); margin: 0 0 3px 2px; }
  .bubble { padding: 10px 15px; border-radius: 4px 18px 18px; background: var(--paper); border: 1px solid var(--line); overflow-wrap: anywhere; line-break: strict; }
  .row:not(.first):not(.system) .bubble { border-radius: 18px; }
  .user .bubble { background: var(--accent); color: var(--on-accent); border-color: transparent; border-radius: 18px 4px 18px 18px; white-space: pre-wrap; }
  .adviser .bubble { background: var(--adviser); border-color: color-mix(in srgb, var(--adviser) 82%, #a06a1c); }
  .row.system { align-self: center; align-items: center; max-width: 100%; margin: 8px 0; }
  .system .bubble { border: 0; background: none; padding: 2px 8px; font-size: 13px; line-height: 1.7; color: var(--quiet); text-align: center; }
  .row.mark { align-self: stretch; flex-direction: row; align-items: center; gap: 10px; margin: 14px 0 6px; }
  .row.mark::before, .row.mark::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
  .mark .bubble { max-width: 82%; }
  .bubble p { margin: 0 0 0.55em; }
  .bubble > :last-child { margin-bottom: 0; }
  .bubble ul, .bubble ol { margin: 0 0 0.6em; padding-inline-start: 1.35em; }
  .bubble li { margin: 0 0 0.2em; }
  .bubble li::marker { color: var(--quiet); }
  .bubble a { color: var(--link); text-underline-offset: 3px; }
  .bubble a[href^="tel:"] { white-space: nowrap; }
  .bubble a.act { display: inline-flex; align-items: center; min-height: 44px; margin-top: 4px; padding: 0 18px; border: 1px solid var(--edge); border-radius: 22px; background: var(--paper); font-weight: 600; text-decoration: none; }
  .bubble img { display: block; max-width: 100%; height: auto; border-radius: 12px; margin-top: 6px; }
  .meta { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0 8px; font-size: 11px; line-height: 1.6; color: var(--quiet); margin: 2px 4px 0; }
  .meta .failed { color: var(--danger); font-size: 12px; }
  .meta button { min-height: 44px; padding: 0 8px; color: var(--danger); font-size: 13px; font-weight: 600; white-space: nowrap; text-decoration: underline; text-underline-offset: 3px; }
  .row:not(.user) > .meta { align-self: flex-start; }
  .pending .bubble { opacity: 0.75; }

  .choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 14px 0 2px; padding: 0; list-style: none; }
  .choices small { font-weight: 500; color: var(--quiet); }
  .choices button { min-height: 44px; padding: 8px 17px; border-radius: 22px; border: 1px solid var(--edge); background: var(--paper); color: var(--link); font-weight: 600; font-size: 14px; line-height: 1.45; text-align: start; transition: background 0.12s ease; }
  /* Answers of a guided question stand one below the other; what steers it is quieter and comes last. */
  .choices .settles { background: var(--accent); color: var(--on-accent); border-color: transparent; }
  .choices.stack { flex-direction: column; }
  .choices.stack button { width: 100%; padding-inline: 18px; border-radius: 14px; }
  .choices.quiet { gap: 0 4px; margin-top: 6px; }
  .choices.quiet button { border-color: transparent; background: none; padding: 8px 10px; color: var(--quiet); font-weight: 500; font-size: 13px; text-decoration: underline; text-underline-offset: 4px; text-decoration-color: color-mix(in srgb, var(--quiet) 50%, transparent); }

  .dots { display: inline-flex; gap: 5px; padding: 15px 16px; }
  .dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--quiet); animation: breathe 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: 0.15s; }
  .dots i:nth-child(3) { animation-delay: 0.3s; }
  @keyframes breathe { 0%, 60%, 100% { opacity: 0.25; } 30% { opacity: 1; } }

  .status { flex: none; font-size: 13px; line-height: 1.6; color: var(--quiet); background: var(--paper); }
  .status:not(:empty):not(.unseen) { padding: 8px 18px; border-top: 1px solid var(--line); }
  .status.waiting { display: flex; align-items: center; gap: 10px; background: var(--soft); color: var(--ink); }
  .status.waiting::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); animation: breathe 1.6s infinite ease-in-out; flex: none; }
  .line { flex: none; }
  .queue { flex: none; display: flex; align-items: center; gap: 8px; padding-right: 10px; background: var(--soft); border-top: 1px solid var(--line); }
  .queue .status:not(:empty) { flex: 1; min-width: 0; border: 0; padding-right: 0; }
  .queue button { flex: none; min-height: 44px; padding: 0 10px; border-radius: 10px; font-size: 13px; font-weight: 600; color: var(--link); text-decoration: underline; text-underline-offset: 3px; }
  .status.trouble { background: color-mix(in srgb, var(--danger) 8%, var(--paper)); color: var(--danger); }
  .progress { display: flex; align-items: center; gap: 12px; padding: 8px 18px; font-size: 12px; color: var(--quiet); background: var(--paper); border-top: 1px solid var(--line); flex: none; }
  progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; overflow: hidden; background: var(--line); }
  progress::-webkit-progress-bar { background: var(--line); }
  progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; }
  progress::-moz-progress-bar { background: var(--accent); }

  form { display: flex; align-items: flex-end; gap: 8px; padding: 10px 12px calc(10px + env(safe-area-inset-bottom)); background: var(--paper); border-top: 1px solid var(--line); flex: none; }
  .progress + form { border-top: 0; padding-top: 2px; }
  .field { flex: 1; min-width: 0; }
  textarea { display: block; width: 100%; min-height: 46px; max-height: 132px; padding: 9px 16px; border: 1px solid color-mix(in srgb, var(--quiet) 75%, var(--paper)); border-radius: 23px; background: var(--paper); resize: none; line-height: 1.6; font-size: 16px; }
  textarea:focus { outline: 2px solid var(--accent); outline-offset: -1px; border-color: transparent; }
  textarea::placeholder { color: var(--quiet); opacity: 1; }
  .count { font-size: 12px; color: var(--quiet); text-align: end; padding: 2px 12px 0; }
  .count.over { color: var(--danger); font-weight: 600; }
  .send { width: 46px; height: 46px; border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; flex: none; }
  .send svg { width: 22px; height: 22px; margin-inline-end: 1px; }

  .sheet { padding: 20px 20px calc(20px + env(safe-area-inset-bottom)); background: var(--paper); overflow-y: auto; }
  .sheet.fill { flex: 1; display: flex; flex-direction: column; padding-inline: 28px; }
  .sheet.fill > div { margin: auto 0; }
  .sheet .sign { display: grid; place-items: center; width: 60px; height: 60px; margin: 0 0 18px; border-radius: 20px; background: var(--soft); color: var(--link); }
  .sheet .sign svg { width: 32px; height: 32px; }
  .sheet.foot { border-top: 1px solid var(--line); flex: none; max-height: 70%; }
  .sheet h3 { margin: 0 0 10px; font-size: 18px; line-height: 1.5; }
  .sheet.foot h3 { font-size: 16px; text-align: center; }
  .sheet p { margin: 0 0 16px; white-space: pre-line; }
  .sheet.fill p { margin-bottom: 22px; line-height: 1.9; }
  .sheet a { color: var(--link); text-underline-offset: 3px; }
  .primary, .second { min-height: 50px; width: 100%; border-radius: 25px; font-weight: 600; }
  .primary { background: var(--accent); color: var(--on-accent); }
  .primary.danger { background: var(--danger); color: var(--on-danger); }
  .second { margin-top: 6px; color: var(--quiet); }
  .sheet .news { padding: 10px 14px; border-radius: 12px; background: var(--soft); }
  a.primary { display: grid; place-items: center; text-decoration: none; }
  .sheet a.primary { color: var(--on-accent); }
  .way { display: flex; gap: 14px; align-items: center; margin: 0 0 14px; }
  .way svg { width: 132px; height: 132px; flex: none; border: 1px solid var(--line); border-radius: 8px; }
  .way p { margin: 0; font-size: 13px; color: var(--quiet); }
  .way b { display: block; margin-top: 2px; font-size: 20px; letter-spacing: .08em; color: var(--ink); }
  .stars { display: flex; justify-content: center; gap: 4px; margin: 0; }
  .stars button { width: 52px; height: 48px; display: grid; place-items: center; color: color-mix(in srgb, var(--quiet) 60%, var(--paper)); border-radius: 12px; }
  .stars svg { width: 32px; height: 32px; stroke-width: 1.5; }
  .stars .lit { color: var(--link); }
  .stars .lit path { fill: currentColor; }
  .sheet .said { min-height: 1.75em; margin: 2px 0 12px; text-align: center; font-size: 13px; color: var(--quiet); }
  .rating textarea { border-radius: 16px; }

  .card { margin-top: 6px; padding: 18px 18px 20px; width: 100%; background: var(--paper); border: 1px solid var(--line); border-radius: 20px; }
  .row:has(.card) { max-width: 100%; align-items: stretch; width: 100%; }
  .row:has(.card) > .bubble { align-self: flex-start; max-width: 90%; }
  .card h3 { margin: 0 0 12px; font-size: 17px; line-height: 1.6; word-break: auto-phrase; }
  .card h4 { margin: 20px 0 6px; font-size: 13px; line-height: 1.5; color: var(--quiet); font-weight: 600; }
  .card p { margin: 0; }
  .card p + p { margin-top: 0.5em; }
  .card .closing { margin-top: 0.4em; font-size: 13px; color: var(--quiet); }
  .card :not(.closing) + .closing { margin-top: 20px; padding-top: 14px; border-top: 1px solid var(--line); }
  .axis { margin: 0 0 12px; }
  .axis.main { margin: 0 0 16px; padding: 10px 12px 12px; border-radius: 14px; background: var(--soft); }
  .axis b { display: block; font-size: 12px; font-weight: 600; color: var(--quiet); text-align: center; line-height: 1.5; }
  .poles { display: flex; justify-content: space-between; gap: 20px; font-size: 12px; line-height: 1.4; }
  .poles span { max-width: 46%; text-wrap: balance; word-break: auto-phrase; }
  .poles span:last-child { text-align: end; }
  .main .poles { font-size: 14px; font-weight: 600; }
  .chart { display: block; width: 100%; height: auto; }
  .blank { font-size: 12px; line-height: 1.4; color: var(--quiet); text-align: center; }
  .rule { stroke: color-mix(in srgb, var(--quiet) 55%, var(--paper)); stroke-width: 1.5; stroke-linecap: round; }
  .spread { fill: var(--accent); opacity: 0.22; }
  .dot { fill: var(--accent); stroke: var(--paper); stroke-width: 2; }
  .band { text-align: center; font-weight: 600; }
  .roles { display: flex; flex-wrap: wrap; gap: 8px; }
  .role { padding: 3px 14px; border-radius: 16px; background: var(--soft); color: var(--link); font-weight: 600; font-size: 14px; }
  .card ul { margin: 0; padding-inline-start: 1.25em; }
  .card li { margin: 0 0 0.35em; }
  .card li::marker { color: var(--quiet); }
  .files { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px !important; }
  .file { flex: 1 1 auto; min-height: 46px; padding: 0 16px; border: 1px solid var(--edge); border-radius: 23px; color: var(--link); font-weight: 600; font-size: 14px; white-space: nowrap; }
  a.file { flex-basis: 100%; display: inline-flex; align-items: center; justify-content: center; text-decoration: none; background: var(--accent); border-color: var(--accent); color: var(--on-accent, #fff); }

  /* A finger leaves no pointer behind: without this the next question's button looks chosen where the last was tapped. */
  @media (hover: hover) {
    .launcher:hover { transform: translateY(-1px); box-shadow: 0 3px 8px rgb(var(--shade) / 20%), 0 12px 30px rgb(var(--shade) / 26%); }
    header button:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
    .menu button:hover { background: var(--ground); }
    .choices button:not(.settles):hover { background: var(--soft); border-color: var(--accent); }
    .choices.quiet button:hover { color: var(--link); }
    .second:hover { background: var(--ground); }
    a.file:hover { filter: brightness(1.08); background: var(--accent); }
    .file:hover { background: var(--soft); }
  }
  @media (max-width: 520px) {
    :host { font-size: 16px; }
    :host([open]) { inset: 0; }
    .pane { width: 100%; height: 100vh; height: 100dvh; border-radius: 0; box-shadow: none; }
    .launcher { padding: 0 20px 0 16px; }
    header { padding-inline-start: 14px; padding-top: calc(10px + env(safe-area-inset-top)); }
    .choices button { font-size: 15px; }
    .choices.quiet button { font-size: 14px; }
  }
  /* A phone on its side, or a page enlarged to twice its size: the height is for what is said. */
  @media (max-height: 520px) {
    :host([open]) { inset-block: 0; }
    .pane { height: 100vh; height: 100dvh; border-radius: 0; }
    header { min-height: 56px; padding-block: 4px; }
    form { padding-block: 6px; }
  }
  @media (max-width: 379px) {
    .face { display: none; }
    .sheet.fill { padding-inline: 22px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; }
  }
  @media (forced-colors: active) {
    .bubble, .choices button, .launcher, .send, .down, .primary { border: 1px solid; }
  }
`;var kt=2e3,Et=.8,Tt=[1e3,3e3,8e3],St=3e3,_t=8e3,At=64,Ct=[1,2,3,4,5],v=n=>o`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${A`<path d=${n} />`}</svg>`,b={chat:"M20 12a8 8 0 0 1-11.6 7.1L4 20.5l1.4-4.2A8 8 0 1 1 20 12ZM9 11h.01M12 11h.01M15 11h.01",close:"M6 6l12 12M18 6L6 18",menu:"M12 5h.01M12 12h.01M12 19h.01",person:"M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",send:"M4 12l16-7-5 15-3.5-6.5L4 12Z",down:"M12 5v14M5.5 12.5L12 19l6.5-6.5",sign:"M12 21V3M6 5h10l3 2.5L16 10H6ZM18 12.5H8L5 15l3 2.5h10Z",star:"M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8Z"},R=class extends ${constructor(){super();this.texts=Q("ja");this.config=null;this.stream=null;this.talk=new k;this.enter=new J;this.connected=!0;this.busy=!1;this.notice="";this.sheet="";this.menuOpen=!1;this.lineCode=null;this.unread=0;this.score=0;this.draft="";this.sending=Promise.resolve();this.lastTyping=0;this.nearEnd=!0;this.away=!1;this.fresh=!1;this.modalQuery=window.matchMedia("(max-width: 520px)");this.darkQuery=window.matchMedia("(prefers-color-scheme: dark)");this.followTheme=()=>{this.theme=this.darkQuery.matches?"dark":"light"};this.repaint=()=>this.requestUpdate();this.wake=()=>{document.hidden||this.stream?.nudge(),this.requestUpdate()};this.backOnline=()=>{for(let e of this.talk.outgoing)e.state==="failed"&&!e.error&&this.resend(e);this.wake()};this.elsewhere=e=>{this.session.concerns(e)&&(this.disconnect(),this.talk=new k,this.sheet="",this.session.token&&this.open&&this.connect(),this.requestUpdate())};this.human=()=>this.attempt(async()=>{await this.api.call("POST","/human",{}),this.nearEnd=!0});this.stopWaiting=()=>this.attempt(async()=>{await this.api.call("DELETE","/human"),this.nearEnd=!0});this.end=()=>this.attempt(async()=>{await this.api.call("POST","/end",{}),this.draft="",this.sheet="rate"});this.erase=()=>this.attempt(async()=>{await this.api.call("DELETE","/data"),this.forget(),this.draft="",this.notice=this.texts.deleted});this.line=()=>this.attempt(async()=>{this.lineCode=await this.api.lineLinked()?null:await this.api.lineCode(),this.sheet="line"});this.unlinkLine=()=>this.attempt(async()=>{await this.api.call("DELETE","/line"),this.sheet=""});this.rate=()=>this.attempt(async()=>{let e=this.find(".rating textarea")?.value.trim();await this.api.call("POST","/rating",{score:this.score,...e?{comment:e}:{}}),this.sheet="done"});this.save=(e,i)=>this.attempt(async()=>{let s=URL.createObjectURL(await this.api.blob(e)),r=document.createElement("a");r.href=s,r.download=i,r.click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)});this.focused=null;this.shownRows=0;this.measure=()=>{let e=this.find(".body"),i=e!==null&&e.scrollHeight-e.scrollTop-e.clientHeight>60;i!==this.away&&(this.away=i,this.fresh&&=i,this.requestUpdate())};this.toEnd=()=>{let e=this.find(".body"),i=window.matchMedia("(prefers-reduced-motion: reduce)").matches;e?.scrollTo({top:e.scrollHeight,behavior:i?"auto":"smooth"}),this.find(".log")?.focus({preventScroll:!0})};this.naming=e=>/^https?:\/\/[^/]+\/appointment\//.test(e)?this.texts.appointment:"";this.closeSheet=()=>{this.sheet="",this.requestUpdate()};this.endpoint=window.location.origin,this.lang="ja",this.position="right",this.storage="local",this.accent="",this.theme="light",this.open=!1}connectedCallback(){super.connectedCallback(),this.endpoint=this.endpoint.replace(/\/+$/,""),this.session=new X(this.endpoint,this.storage==="session"?"session":"local"),this.api=new Y(this.endpoint,()=>this.session.token),this.texts=Q(this.lang),this.theme==="auto"&&(this.followTheme(),this.darkQuery.addEventListener("change",this.followTheme)),this.accent&&this.style.setProperty("--career-chat-accent",this.accent),window.addEventListener("online",this.backOnline),window.addEventListener("offline",this.repaint),window.addEventListener("storage",this.elsewhere),document.addEventListener("visibilitychange",this.wake),(this.open||this.session.wasOpen)&&this.show(!1)}disconnectedCallback(){super.disconnectedCallback(),this.stream?.stop(),this.stream=null,this.darkQuery.removeEventListener("change",this.followTheme),window.removeEventListener("online",this.backOnline),window.removeEventListener("offline",this.repaint),window.removeEventListener("storage",this.elsewhere),document.removeEventListener("visibilitychange",this.wake)}async show(e=!0){this.open=!0,this.unread=0,this.session.wasOpen=!0,this.session.token&&this.connect(),this.config||await this.loadConfig(),await this.updateComplete,e&&this.focusFirst()}async ask(e){this.draft=e,this.requestUpdate(),await this.show()}hide(){this.open=!1,this.menuOpen=!1,this.session.wasOpen=!1,this.updateComplete.then(()=>this.find(".launcher")?.focus())}async loadConfig(){this.notice="",this.requestUpdate();try{this.config=await this.api.config(),this.texts=Q(this.lang,this.lang.startsWith("ja")?this.config.texts:{})}catch(e){this.notice=this.sentence(e)}this.requestUpdate()}connect(){this.stream??=new ee(this.api,{event:e=>this.receive(e),connected:e=>{this.connected=e,this.requestUpdate()},ended:()=>this.expire()},()=>this.talk.lastSeq),this.stream.start()}disconnect(){this.stream?.stop(),this.stream=null,this.connected=!0}expire(){this.session.token=null,this.disconnect(),this.talk=new k,this.notice=this.texts.sessionEnded,this.requestUpdate()}async agree(){if(!(!this.config||this.busy)){this.busy=!0,this.notice="",this.requestUpdate();try{this.session.token=(await this.api.open(this.config.consent.version)).token,this.session.wasOpen=!0,this.talk=new k,this.connect()}catch(e){this.notice=this.sentence(e)}this.busy=!1,this.requestUpdate(),await this.updateComplete,this.focusFirst()}}receive(e){this.talk.take(e)&&(e.type==="typing"&&(clearTimeout(this.typingTimer),this.typingTimer=setTimeout(()=>{this.talk.typing="",this.requestUpdate()},_t)),z(e)&&e.from!=="user"&&(this.open?this.away&&(this.fresh=!0):this.unread+=1),e.type==="status"&&this.talk.over&&this.sheet===""&&(this.sheet="rate"),this.sheet==="line"&&e.from==="system"&&(this.sheet=""),this.requestUpdate())}get limit(){return this.config?.limits?.text??kt}submit(e){e?.preventDefault();let i=this.find("textarea"),s=i?.value.trim()??"";if(!(!i||s==="")){if(s.length>this.limit){this.notice=x(this.texts.tooLong,{max:this.limit}),this.requestUpdate();return}this.draft="",this.queue({id:ve(),text:s,state:"sending",at:new Date().toISOString()}),i.focus()}}choose(e){this.queue({id:ve(),text:e.title,choice:e.id,state:"sending",at:new Date().toISOString()}),this.modalQuery.matches||this.find("textarea")?.focus()}queue(e){this.notice="",this.nearEnd=!0,this.talk.outgoing=[...this.talk.outgoing.filter(i=>i.id!==e.id),e],this.requestUpdate(),this.sending=this.sending.then(()=>this.deliver(e))}async deliver(e){let i=this.talk;for(let s=0;;s+=1)try{let r=e.choice===void 0?{text:e.text}:{choice:e.choice};i.accepted(e.id,await this.api.send({id:e.id,...r}));break}catch(r){if(!(r instanceof g))throw r;if(r.sessionEnded)return this.expire();let a=Tt[s];if(!r.temporary||a===void 0||i!==this.talk){i.failed(e.id,r.status===0?"":this.sentence(r));break}await new Promise(l=>setTimeout(l,Math.max(a,r.retryAfter*1e3)))}this.requestUpdate()}resend(e){this.queue({...e,state:"sending"})}typed(e){let i=e.target;this.draft=i.value,this.fit(i),this.requestUpdate();let s=Date.now();!this.talk.withAdviser||s-this.lastTyping<St||(this.lastTyping=s,this.api.call("POST","/typing",{typing:!0}).catch(()=>{}))}keydown(e){e.key!=="Enter"||e.shiftKey||this.enter.belongsToInput(e)||window.matchMedia("(pointer: coarse)").matches||(e.preventDefault(),this.submit())}fit(e){e.style.height="auto",e.style.height=`${Math.min(e.scrollHeight+3,132)}px`}async attempt(e){let i=this.shadowRoot?.activeElement!==null;this.menuOpen=!1,this.busy=!0,this.notice="",this.requestUpdate();try{await e()}catch(s){s instanceof g&&s.sessionEnded&&this.expire(),this.notice=this.sentence(s)}this.busy=!1,this.requestUpdate(),await this.updateComplete,i&&document.activeElement===document.body&&this.focusFirst()}forget(){this.session.wasOpen=!1,this.session.token=null,this.disconnect(),this.talk=new k,this.sheet="",this.score=0}startAgain(){this.forget(),this.notice="",this.requestUpdate()}sentence(e){if(!(e instanceof g))throw e;return e.status===0?navigator.onLine?this.texts.serverError:this.texts.offline:e.message&&this.lang.startsWith("ja")?e.message:e.status===429?this.texts.tooFast:this.texts.serverError}find(e){return this.renderRoot.querySelector(e)}focusFirst(){((this.modalQuery.matches?null:this.find("form textarea"))??this.find(".pane"))?.focus({preventScroll:!0})}paneKeydown(e){e.key==="Escape"&&!this.enter.belongsToInput(e)&&(e.stopPropagation(),this.menuOpen?(this.menuOpen=!1,this.find(".more")?.focus()):this.sheet==="end"||this.sheet==="delete"||this.sheet==="line"?this.sheet="":this.hide(),this.requestUpdate()),e.key==="Tab"&&this.modalQuery.matches&&this.holdFocus(e)}holdFocus(e){let i=[...this.renderRoot.querySelectorAll(".pane button:not(:disabled), .pane a[href], .pane textarea")],s=i[0],r=i[i.length-1],a=this.shadowRoot?.activeElement;if(e.shiftKey&&(a===s||a===this.find(".pane")))r?.focus();else if(!e.shiftKey&&a===r)s?.focus();else return;e.preventDefault()}willUpdate(){this.focused=this.shadowRoot?.activeElement??null;let e=this.find(".body");e&&(this.nearEnd||=e.scrollHeight-e.scrollTop-e.clientHeight<80)}updated(){let e=this.find(".body"),i=this.find("form textarea");i&&i.value!==this.draft&&(i.value=this.draft,this.fit(i)),this.open&&this.focused?.isConnected===!1&&this.focusFirst(),e&&this.nearEnd&&this.follow(e),this.nearEnd=!1,this.measure()}follow(e){e.scrollTop=e.scrollHeight;let i=[...this.renderRoot.querySelectorAll(".log > .row")],s=i[i.length-1],r=i.length!==this.shownRows;if(this.shownRows=i.length,!r||!s||s.classList.contains("user"))return;let a=i.map(p=>p.classList.contains("bot")).lastIndexOf(!1),l=i.slice(a+1),h=l[0]&&s.offsetTop-l[0].offsetTop>At?l[0]:s,u=(l.find(p=>p.querySelector(".card"))??h).getBoundingClientRect().top-e.getBoundingClientRect().top-12;u<0&&(e.scrollTop+=u)}render(){return this.open?this.renderPane():this.renderLauncher()}renderLauncher(){return o`<button class="launcher" type="button" aria-haspopup="dialog" @click=${()=>this.show()}>
      ${v(b.chat)}<span>${this.texts.launcher}</span>
      ${this.unread?o`<span class="badge" aria-label=${`${this.texts.newMessages} ${this.unread}`}>${this.unread}</span>`:d}
    </button>`}renderPane(){let e=this.session.token!==null,i=this.talk.withAdviser?this.talk.adviser||this.texts.adviser:"";return o`<section class="pane" role="dialog" aria-modal=${this.modalQuery.matches?"true":"false"} aria-label=${this.texts.title} tabindex="-1" lang=${this.lang} @keydown=${this.paneKeydown} @click=${this.paneClick}>
      <header>
        <span class="face ${i?"person":""}" aria-hidden="true">${i?i.slice(0,1):v(b.sign)}</span>
        <div class="who">
          <h2>${i||this.texts.title}</h2>
          <p>${i?this.texts.adviserNow:this.talk.state==="queued"?this.texts.adviserSoon:this.texts.subtitle}</p>
        </div>
        ${e&&this.talk.state==="bot"?o`<button class="human" type="button" title=${this.texts.humanLong} ?disabled=${this.busy} @click=${this.human}>${v(b.person)}${this.texts.human}</button>`:d}
        ${e?o`<button class="more" type="button" aria-label=${this.texts.menu} aria-expanded=${this.menuOpen?"true":"false"} @click=${this.toggleMenu}>${v(b.menu)}</button>`:d}
        <button class="close" type="button" aria-label=${this.texts.close} @click=${this.hide}>${v(b.close)}</button>
      </header>
      ${this.menuOpen?this.renderMenu():d} ${e?this.renderTalk():this.renderConsent()}
    </section>`}paneClick(e){let i=s=>s instanceof Element&&s.matches(".menu, .more");!this.menuOpen||e.composedPath().some(i)||(this.menuOpen=!1,this.requestUpdate())}toggleMenu(){this.menuOpen=!this.menuOpen,this.requestUpdate(),this.updateComplete.then(()=>this.find(".menu button")?.focus())}renderMenu(){let e=(s,r,a="")=>o`<li><button type="button" class=${a} @click=${r}>${s}</button></li>`,i=s=>()=>{this.sheet=s,this.menuOpen=!1,this.requestUpdate(),this.updateComplete.then(()=>this.find(".sheet .primary")?.focus())};return o`<ul class="menu">
      ${this.config?.line?.available&&!this.talk.over?e(this.texts.line,this.line):d}
      ${e(this.texts.save,()=>this.save("/transcript?format=txt",this.texts.saveFile))}
      ${e(this.texts.data,()=>this.save("/data",this.texts.dataFile))}
      ${this.talk.over?d:e(this.texts.end,i("end"))} ${e(this.texts.delete,i("delete"),"danger")}
    </ul>`}renderConsent(){let e=this.config?.consent;return o`<div class="sheet fill"><div>
      <span class="sign" aria-hidden="true">${v(b.sign)}</span>
      <h3>${this.texts.consentTitle}</h3>
      ${this.notice?o`<p class="news" role="alert">${this.notice}</p>`:d}
      ${e?o`<p>${e.text}</p>
              ${e.url?o`<p><a href=${new URL(e.url,`${this.endpoint}/`).href} target="_blank" rel="noopener">${this.texts.consentLink}</a></p>`:d}
              <button class="primary" type="button" ?disabled=${this.busy} @click=${this.agree}>${this.texts.consentAgree}</button>
              <button class="second" type="button" @click=${this.hide}>${this.texts.close}</button>`:this.notice?o`<button class="primary" type="button" @click=${this.loadConfig}>${this.texts.reload}</button>`:o`<p>${this.texts.consentLoad}</p>`}
    </div></div>`}renderTalk(){let e=this.talk.openChoices?.choices??[],i=this.talk.waiting||this.talk.typing!=="";return o`<div class="view">
        <div class="body" @scroll=${this.measure}>
          <div class="log" role="log" aria-label=${this.texts.log} aria-live="polite" tabindex="0">
            ${this.renderEvents()} ${this.talk.outgoing.map(s=>this.renderOutgoing(s))}
          </div>
          ${i?this.renderDots():d} ${this.renderChoices(e)}
        </div>
        ${this.away?o`<button class="down ${this.fresh?"fresh":""}" type="button" aria-label=${this.fresh?this.texts.newMessages:this.texts.toEnd} @click=${this.toEnd}>${v(b.down)}${this.fresh?this.texts.newMessages:d}</button>`:d}
      </div>
      ${this.renderStatus()} ${this.renderProgress()} ${this.renderFoot()}`}renderChoices(e){let i=e.some(c=>c.control),s=e.filter(c=>!c.control),r=xe(this.talk.openChoices),a=c=>i&&r.size>0&&!c.control&&!r.has(c.title),l=(c,u)=>o`<ul class="choices ${u}">
        ${c.map(p=>o`<li><button type="button" class=${a(p)?"settles":""} @click=${()=>this.choose(p)}>${r.has(p.title)?o`<small>${r.get(p.title)}.</small> `:d}${p.title}</button></li>`)}
      </ul>`,h=s.length?[l(s,i&&s.length<=5?"stack":"")]:[];return i?[...h,l(e.filter(c=>c.control),"quiet")]:h}renderEvents(){let e=[],i="",s="",r=this.talk.events.filter(z);for(let[a,l]of r.entries()){let h=this.day(l.at);h!==i&&(e.push(o`<p class="day">${h}</p>`),s=""),i=h;let c=this.who(l),u=r[a+1],p=!u||this.who(u)!==c||this.clock(u.at)!==this.clock(l.at);e.push(this.renderMessage(l,c!==s,p)),s=c}return e}who(e){return e.type==="status"?"":`${e.from}${e.name??""}`}speaker(e){return e.from==="user"?this.texts.you:e.from==="adviser"?e.name||this.texts.adviser:this.texts.bot}renderMessage(e,i,s){if(e.type==="status")return o`<div class="row system mark"><div class="bubble">${e.text}</div></div>`;let r=e.from??"system",a=i&&r!=="system",l=e.card?.card?"":e.text??"";return o`<div class="row ${r} ${i?"first":""}">
      ${a?o`<span class=${r==="user"?"unseen":"name"}>${this.speaker(e)}</span>`:d}
      ${l||e.image?o`<div class="bubble">${r==="user"?l:We(l,this.naming,xe(e))}${e.image?o`<img src=${this.safeAddress(e.image)} alt=${this.texts.image} loading="lazy" />`:d}</div>`:d}
      ${e.card?ze(e.card,this.texts,this.save,h=>this.safeAddress(h)):d}
      ${r==="system"||!s?d:o`<span class="meta"><time datetime=${e.at??""}>${this.clock(e.at)}</time></span>`}
    </div>`}renderOutgoing(e){let i=e.state==="failed";return o`<div class="row user first ${i?"":"pending"}">
      <span class="unseen">${this.texts.you}</span>
      <div class="bubble">${e.text}</div>
      <span class="meta">
        ${i?o`<span class="failed">${e.error||this.texts.failed}</span>
                <button type="button" @click=${()=>this.resend(e)}>${this.texts.retry}</button>`:e.state==="sent"?this.texts.sent:this.texts.sending}
      </span>
    </div>`}renderDots(){let e=this.talk.typing==="adviser",i=e?`${this.talk.adviser||this.texts.adviser}${this.texts.typingAdviser}`:this.texts.typingBot;return o`<div class="row first ${e?"adviser":"bot"}">
      <div class="bubble dots" role="img" aria-label=${i}><i></i><i></i><i></i></div>
    </div>`}status(){if(!navigator.onLine)return{text:this.texts.offline,kind:"trouble"};if(!this.connected)return{text:this.texts.reconnecting,kind:"trouble"};if(this.notice)return{text:this.notice,kind:""};let{state:e,position:i,said:s}=this.talk;if(e==="queued"){let r=(i??1)-1,a=r>0?x(this.texts.queuedPosition,{n:r}):this.texts.queuedNext;return{text:i===void 0?s||this.texts.queued:a,kind:"waiting"}}return this.talk.slow?{text:this.talk.slow,kind:"waiting"}:this.talk.withAdviser?{text:x(this.texts.active,{name:this.talk.adviser||this.texts.adviser}),kind:"unseen"}:e==="scheduled"?{text:s||this.texts.scheduled,kind:s?"unseen":""}:this.talk.over?{text:s||this.texts.closed,kind:s?"unseen":""}:{text:"",kind:""}}renderStatus(){let{text:e,kind:i}=this.status(),s=this.talk.state==="queued"&&i==="waiting";return o`<div class=${s?"queue":"line"}>
      <div class="status ${i}" role="status" aria-live="polite">${e}</div>
      ${s?o`<button type="button" ?disabled=${this.busy} @click=${this.stopWaiting}>${this.texts.stopWaiting}</button>`:d}
    </div>`}renderProgress(){let e=this.talk.progress;if(!e?.step||this.talk.over)return d;let i=x(this.texts.progress,e);return o`<div class="progress"><span>${i}</span><progress max=${e.of} .value=${e.step} aria-label=${i}></progress></div>`}renderFoot(){return this.sheet==="delete"?this.renderQuestion(this.texts.deleteAsk,this.texts.deleteYes,this.erase,!0):this.sheet==="end"?this.renderQuestion(this.texts.endAsk,this.texts.endYes,this.end,!1):this.sheet==="line"?this.renderLine():this.sheet==="rate"?this.renderRating():this.sheet==="done"||this.talk.over?this.renderDone():this.renderComposer()}renderQuestion(e,i,s,r){return o`<div class="sheet foot" role="group" aria-label=${e}>
      <p>${e}</p>
      <button class="primary ${r?"danger":""}" type="button" ?disabled=${this.busy} @click=${s}>${i}</button>
      <button class="second" type="button" @click=${this.closeSheet}>${this.texts.no}</button>
    </div>`}renderLine(){let e=this.lineCode;return o`<div class="sheet foot line" role="group" aria-label=${this.texts.line}>
      <h3>${this.texts.line}</h3>
      ${e?o`<p>${this.texts.lineHow}</p>
              <div class="way">
                ${this.modalQuery.matches?d:o`<svg viewBox="0 0 ${e.qr.size} ${e.qr.size}" role="img" aria-label=${this.texts.lineScan}>${A`<rect width="100%" height="100%" fill="#fff" /><path d=${e.qr.path} fill="#000" shape-rendering="crispEdges" />`}</svg>`}
                <p>${this.modalQuery.matches?d:o`${this.texts.lineScan}<br />`}${x(this.texts.lineCode,{minutes:e.minutes})}<b>${e.code}</b></p>
              </div>
              <a class="primary" href=${e.url} target="_blank" rel="noopener">${this.texts.lineOpen}</a>`:o`<p>${this.texts.lineLinked}</p>
              <button class="primary danger" type="button" ?disabled=${this.busy} @click=${this.unlinkLine}>${this.texts.lineUnlink}</button>`}
      <button class="second" type="button" @click=${this.closeSheet}>${this.texts.close}</button>
    </div>`}renderRating(){let e=this.texts.rateLabels.split("|"),i=s=>()=>{this.score=s,this.requestUpdate()};return o`<div class="sheet foot rating">
      <h3>${this.texts.rate}</h3>
      <div class="stars" role="group" aria-label=${this.texts.rate}>
        ${Ct.map(s=>o`<button type="button" class=${s<=this.score?"lit":""} aria-label=${`${s} ${e[s-1]}`} aria-pressed=${this.score===s?"true":"false"} @click=${i(s)}>${v(b.star)}</button>`)}
      </div>
      <p class="said">${e[this.score-1]??this.texts.rateHint}</p>
      ${this.score?o`<p><textarea rows="2" maxlength="500" aria-label=${this.texts.rateComment} placeholder=${this.texts.rateComment}></textarea></p>`:d}
      <button class="primary" type="button" ?disabled=${!this.score||this.busy} @click=${this.rate}>${this.texts.rateSend}</button>
      <button class="second" type="button" @click=${()=>this.startAgain()}>${this.texts.again}</button>
    </div>`}renderDone(){return o`<div class="sheet foot">
      ${this.sheet==="done"?o`<p>${this.texts.rateThanks}</p>`:d}
      <button class="primary" type="button" @click=${()=>this.startAgain()}>${this.texts.again}</button>
    </div>`}renderComposer(){let e=this.draft.length,i=e>=this.limit*Et,s=e>this.limit;return o`<form @submit=${this.submit}>
      <div class="field">
        <textarea rows="1" aria-label=${this.texts.placeholder} placeholder=${this.texts.placeholder} enterkeyhint="enter" @input=${this.typed} @keydown=${this.keydown} @compositionend=${r=>this.enter.ended(r)}></textarea>
        ${i?o`<div class="count ${s?"over":""}">${x(this.texts.count,{n:e,max:this.limit})}</div>`:d}
      </div>
      <button class="send" type="submit" aria-label=${this.texts.send}>${v(b.send)}</button>
    </form>`}safeAddress(e){let i=new URL(e,`${this.endpoint}/`);return i.protocol==="https:"||i.origin===new URL(this.endpoint).origin?i.href:""}clock(e){return e?new Date(e).toLocaleTimeString(this.texts.languageTag,{hour:"2-digit",minute:"2-digit"}):""}day(e){let i=e?new Date(e):new Date,s=Math.round((new Date().setHours(0,0,0,0)-new Date(i).setHours(0,0,0,0))/864e5);return s===0?this.texts.today:s===1?this.texts.yesterday:i.toLocaleDateString(this.texts.languageTag,{month:"long",day:"numeric",weekday:"short"})}};R.styles=Ke,R.properties={endpoint:{type:String},lang:{type:String},position:{type:String,reflect:!0},storage:{type:String},accent:{type:String},theme:{type:String,reflect:!0},open:{type:Boolean,reflect:!0}};var Lt=["endpoint","lang","position","storage","accent","theme","open"];function Ye(n){if(n?.dataset.mount==="none"||document.querySelector("career-chat"))return;let t=document.createElement("career-chat");n?.src&&t.setAttribute("endpoint",new URL(n.src).origin);for(let e of Lt){let i=n?.dataset[e];i!==void 0&&t.setAttribute(e,i)}document.body.append(t)}var Qe=document.currentScript;customElements.get("career-chat")||customElements.define("career-chat",R);document.body?Ye(Qe):document.addEventListener("DOMContentLoaded",()=>Ye(Qe),{once:!0});})();
