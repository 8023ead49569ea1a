"use strict";(()=>{var B=globalThis,F=B.ShadowRoot&&(B.ShadyCSS===void 0||B.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ee=Symbol(),ve=new WeakMap,q=class{constructor(t,e,s){if(this._$cssResult$=!0,s!==ee)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(F&&t===void 0){let s=e!==void 0&&e.length===1;s&&(t=ve.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),s&&ve.set(e,t))}return t}toString(){return this.cssText}},be=n=>new q(typeof n=="string"?n:n+"",void 0,ee),te=(n,...t)=>{let e=n.length===1?n[0]:t.reduce((s,i,r)=>s+(a=>{if(a._$cssResult$===!0)return a.cssText;if(typeof a=="number")return a;throw Error("Value passed to 'css' function must be a 'css' function result: "+a+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+n[r+1],n[0]);return new q(e,n,ee)},ye=(n,t)=>{if(F)n.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let s=document.createElement("style"),i=B.litNonce;i!==void 0&&s.setAttribute("nonce",i),s.textContent=e.cssText,n.appendChild(s)}},se=F?n=>n:n=>n instanceof CSSStyleSheet?(t=>{let e="";for(let s of t.cssRules)e+=s.cssText;return be(e)})(n):n;var{is:Ye,defineProperty:We,getOwnPropertyDescriptor:Qe,getOwnPropertyNames:Ve,getOwnPropertySymbols:Ge,getPrototypeOf:Je}=Object,K=globalThis,we=K.trustedTypes,Ze=we?we.emptyScript:"",Xe=K.reactiveElementPolyfillSupport,P=(n,t)=>n,ie={toAttribute(n,t){switch(t){case Boolean:n=n?Ze:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,t){let e=n;switch(t){case Boolean:e=n!==null;break;case Number:e=n===null?null:Number(n);break;case Object:case Array:try{e=JSON.parse(n)}catch{e=null}}return e}},ke=(n,t)=>!Ye(n,t),$e={attribute:!0,type:String,converter:ie,reflect:!1,useDefault:!1,hasChanged:ke};Symbol.metadata??=Symbol("metadata"),K.litPropertyMetadata??=new WeakMap;var m=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=$e){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let s=Symbol(),i=this.getPropertyDescriptor(t,s,e);i!==void 0&&We(this.prototype,t,i)}}static getPropertyDescriptor(t,e,s){let{get:i,set:r}=Qe(this.prototype,t)??{get(){return this[e]},set(a){this[e]=a}};return{get:i,set(a){let l=i?.call(this);r?.call(this,a),this.requestUpdate(t,l,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??$e}static _$Ei(){if(this.hasOwnProperty(P("elementProperties")))return;let t=Je(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(P("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(P("properties"))){let e=this.properties,s=[...Ve(e),...Ge(e)];for(let i of s)this.createProperty(i,e[i])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[s,i]of e)this.elementProperties.set(s,i)}this._$Eh=new Map;for(let[e,s]of this.elementProperties){let i=this._$Eu(e,s);i!==void 0&&this._$Eh.set(i,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let s=new Set(t.flat(1/0).reverse());for(let i of s)e.unshift(se(i))}else t!==void 0&&e.push(se(t));return e}static _$Eu(t,e){let s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let s of e.keys())this.hasOwnProperty(s)&&(t.set(s,this[s]),delete this[s]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ye(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,s){this._$AK(t,s)}_$ET(t,e){let s=this.constructor.elementProperties.get(t),i=this.constructor._$Eu(t,s);if(i!==void 0&&s.reflect===!0){let r=(s.converter?.toAttribute!==void 0?s.converter:ie).toAttribute(e,s.type);this._$Em=t,r==null?this.removeAttribute(i):this.setAttribute(i,r),this._$Em=null}}_$AK(t,e){let s=this.constructor,i=s._$Eh.get(t);if(i!==void 0&&this._$Em!==i){let r=s.getPropertyOptions(i),a=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:ie;this._$Em=i;let l=a.fromAttribute(e,r.type);this[i]=l??this._$Ej?.get(i)??l,this._$Em=null}}requestUpdate(t,e,s,i=!1,r){if(t!==void 0){let a=this.constructor;if(i===!1&&(r=this[t]),s??=a.getPropertyOptions(t),!((s.hasChanged??ke)(r,e)||s.useDefault&&s.reflect&&r===this._$Ej?.get(t)&&!this.hasAttribute(a._$Eu(t,s))))return;this.C(t,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:s,reflect:i,wrapped:r},a){s&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,a??e??this[t]),r!==!0||a!==void 0)||(this._$AL.has(t)||(this.hasUpdated||s||(e=void 0),this._$AL.set(t,e)),i===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,r]of this._$Ep)this[i]=r;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[i,r]of s){let{wrapped:a}=r,l=this[i];a!==!0||this._$AL.has(i)||l===void 0||this.C(i,void 0,r,l)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw t=!1,this._$EM(),s}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};m.elementStyles=[],m.shadowRootOptions={mode:"open"},m[P("elementProperties")]=new Map,m[P("finalized")]=new Map,Xe?.({ReactiveElement:m}),(K.reactiveElementVersions??=[]).push("2.1.2");var de=globalThis,Ee=n=>n,Y=de.trustedTypes,Te=Y?Y.createPolicy("lit-html",{createHTML:n=>n}):void 0,Le="$lit$",y=`lit$${Math.random().toFixed(9).slice(2)}$`,Re="?"+y,et=`<${Re}>`,T=document,U=()=>T.createComment(""),H=n=>n===null||typeof n!="object"&&typeof n!="function",ce=Array.isArray,tt=n=>ce(n)||typeof n?.[Symbol.iterator]=="function",ne=`[ 	
\f\r]`,O=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,_e=/-->/g,Ae=/>/g,k=RegExp(`>|${ne}(?:([^\\s"'>=/]+)(${ne}*=${ne}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Se=/'/g,Ce=/"/g,qe=/^(?:script|style|textarea|title)$/i,pe=n=>(t,...e)=>({_$litType$:n,strings:t,values:e}),o=pe(1),C=pe(2),Ct=pe(3),_=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),Me=new WeakMap,E=T.createTreeWalker(T,129);function Pe(n,t){if(!ce(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return Te!==void 0?Te.createHTML(t):t}var st=(n,t)=>{let e=n.length-1,s=[],i,r=t===2?"<svg>":t===3?"<math>":"",a=O;for(let l=0;l<e;l++){let d=n[l],c,u,p=-1,f=0;for(;f<d.length&&(a.lastIndex=f,u=a.exec(d),u!==null);)f=a.lastIndex,a===O?u[1]==="!--"?a=_e:u[1]!==void 0?a=Ae:u[2]!==void 0?(qe.test(u[2])&&(i=RegExp("</"+u[2],"g")),a=k):u[3]!==void 0&&(a=k):a===k?u[0]===">"?(a=i??O,p=-1):u[1]===void 0?p=-2:(p=a.lastIndex-u[2].length,c=u[1],a=u[3]===void 0?k:u[3]==='"'?Ce:Se):a===Ce||a===Se?a=k:a===_e||a===Ae?a=O:(a=k,i=void 0);let b=a===k&&n[l+1].startsWith("/>")?" ":"";r+=a===O?d+et:p>=0?(s.push(c),d.slice(0,p)+Le+d.slice(p)+y+b):d+y+(p===-2?l:b)}return[Pe(n,r+(n[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),s]},N=class n{constructor({strings:t,_$litType$:e},s){let i;this.parts=[];let r=0,a=0,l=t.length-1,d=this.parts,[c,u]=st(t,e);if(this.el=n.createElement(c,s),E.currentNode=this.el.content,e===2||e===3){let p=this.el.content.firstChild;p.replaceWith(...p.childNodes)}for(;(i=E.nextNode())!==null&&d.length<l;){if(i.nodeType===1){if(i.hasAttributes())for(let p of i.getAttributeNames())if(p.endsWith(Le)){let f=u[a++],b=i.getAttribute(p).split(y),j=/([.?@])?(.*)/.exec(f);d.push({type:1,index:r,name:j[2],strings:b,ctor:j[1]==="."?ae:j[1]==="?"?oe:j[1]==="@"?le:S}),i.removeAttribute(p)}else p.startsWith(y)&&(d.push({type:6,index:r}),i.removeAttribute(p));if(qe.test(i.tagName)){let p=i.textContent.split(y),f=p.length-1;if(f>0){i.textContent=Y?Y.emptyScript:"";for(let b=0;b<f;b++)i.append(p[b],U()),E.nextNode(),d.push({type:2,index:++r});i.append(p[f],U())}}}else if(i.nodeType===8)if(i.data===Re)d.push({type:2,index:r});else{let p=-1;for(;(p=i.data.indexOf(y,p+1))!==-1;)d.push({type:7,index:r}),p+=y.length-1}r++}}static createElement(t,e){let s=T.createElement("template");return s.innerHTML=t,s}};function A(n,t,e=n,s){if(t===_)return t;let i=s!==void 0?e._$Co?.[s]:e._$Cl,r=H(t)?void 0:t._$litDirective$;return i?.constructor!==r&&(i?._$AO?.(!1),r===void 0?i=void 0:(i=new r(n),i._$AT(n,e,s)),s!==void 0?(e._$Co??=[])[s]=i:e._$Cl=i),i!==void 0&&(t=A(n,i._$AS(n,t.values),i,s)),t}var re=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:s}=this._$AD,i=(t?.creationScope??T).importNode(e,!0);E.currentNode=i;let r=E.nextNode(),a=0,l=0,d=s[0];for(;d!==void 0;){if(a===d.index){let c;d.type===2?c=new D(r,r.nextSibling,this,t):d.type===1?c=new d.ctor(r,d.name,d.strings,this,t):d.type===6&&(c=new he(r,this,t)),this._$AV.push(c),d=s[++l]}a!==d?.index&&(r=E.nextNode(),a++)}return E.currentNode=T,i}p(t){let e=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(t,s,e),e+=s.strings.length-2):s._$AI(t[e])),e++}},D=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,s,i){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=s,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=A(this,t,e),H(t)?t===h||t==null||t===""?(this._$AH!==h&&this._$AR(),this._$AH=h):t!==this._$AH&&t!==_&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):tt(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==h&&H(this._$AH)?this._$AA.nextSibling.data=t:this.T(T.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:s}=t,i=typeof s=="number"?this._$AC(t):(s.el===void 0&&(s.el=N.createElement(Pe(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===i)this._$AH.p(e);else{let r=new re(i,this),a=r.u(this.options);r.p(e),this.T(a),this._$AH=r}}_$AC(t){let e=Me.get(t.strings);return e===void 0&&Me.set(t.strings,e=new N(t)),e}k(t){ce(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,s,i=0;for(let r of t)i===e.length?e.push(s=new n(this.O(U()),this.O(U()),this,this.options)):s=e[i],s._$AI(r),i++;i<e.length&&(this._$AR(s&&s._$AB.nextSibling,i),e.length=i)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let s=Ee(t).nextSibling;Ee(t).remove(),t=s}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},S=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,s,i,r){this.type=1,this._$AH=h,this._$AN=void 0,this.element=t,this.name=e,this._$AM=i,this.options=r,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=h}_$AI(t,e=this,s,i){let r=this.strings,a=!1;if(r===void 0)t=A(this,t,e,0),a=!H(t)||t!==this._$AH&&t!==_,a&&(this._$AH=t);else{let l=t,d,c;for(t=r[0],d=0;d<r.length-1;d++)c=A(this,l[s+d],e,d),c===_&&(c=this._$AH[d]),a||=!H(c)||c!==this._$AH[d],c===h?t=h:t!==h&&(t+=(c??"")+r[d+1]),this._$AH[d]=c}a&&!i&&this.j(t)}j(t){t===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},ae=class extends S{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===h?void 0:t}},oe=class extends S{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==h)}},le=class extends S{constructor(t,e,s,i,r){super(t,e,s,i,r),this.type=5}_$AI(t,e=this){if((t=A(this,t,e,0)??h)===_)return;let s=this._$AH,i=t===h&&s!==h||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,r=t!==h&&(s===h||i);i&&this.element.removeEventListener(this.name,this,s),r&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},he=class{constructor(t,e,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){A(this,t)}};var it=de.litHtmlPolyfillSupport;it?.(N,D),(de.litHtmlVersions??=[]).push("3.3.3");var Oe=(n,t,e)=>{let s=e?.renderBefore??t,i=s._$litPart$;if(i===void 0){let r=e?.renderBefore??null;s._$litPart$=i=new D(t.insertBefore(U(),r),r,void 0,e??{})}return i._$AI(n),i};var ue=globalThis,w=class extends m{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Oe(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return _}};w._$litElement$=!0,w.finalized=!0,ue.litElementHydrateSupport?.({LitElement:w});var nt=ue.litElementPolyfillSupport;nt?.({LitElement:w});(ue.litElementVersions??=[]).push("4.2.2");var g=class extends Error{constructor(e,s,i,r=0){super(i);this.status=e;this.code=s;this.retryAfter=r}get temporary(){return this.status===0||this.status===429||this.status>=500}get sessionEnded(){return this.status===401}},rt=2e4,W=class{constructor(t,e){this.endpoint=t;this.token=e}url(t){return this.endpoint+(t.startsWith("/api/chat/")?t:`/api/chat${t}`)}headers(t={}){let e=this.token();return e?{Authorization:`Bearer ${e}`,...t}:t}async call(t,e,s){let i=new AbortController,r=setTimeout(()=>i.abort(),rt),a;try{a=await fetch(this.url(e),{method:t,headers:this.headers(s===void 0?{}:{"Content-Type":"application/json"}),body:s===void 0?null:JSON.stringify(s),credentials:"omit",signal:i.signal})}catch{throw new g(0,"offline","")}finally{clearTimeout(r)}if(a.ok)return a;let l=`http_${a.status}`,d="";try{let c=await a.json();l=c.code??l,d=c.message??""}catch{}throw new g(a.status,l,d,Number(a.headers.get("Retry-After"))||0)}async config(){return await(await this.call("GET","/config")).json()}async open(t){return await(await this.call("POST","/sessions",{consent:!0,consent_version:t})).json()}async send(t){return(await(await this.call("POST","/messages",t)).json()).seq}async blob(t){return(await this.call("GET",t)).blob()}};var ge=300,V=9,Q=11;function M(n){let t=Math.max(-1,Math.min(1,n));return V+(t+1)/2*(ge-2*V)}function at(n,t){let{value:e,low:s,high:i}=n,r=(a,l,d)=>C`<line class="rule" x1=${a} y1=${Q-d} x2=${l} y2=${Q+d} />`;return o`<div class="axis ${t?"main":""}">
    ${t?h:o`<b>${n.label}</b>`}
    <div class="poles"><span>${n.left}</span><span>${n.right}</span></div>
    <svg class="chart" viewBox="0 0 ${ge} 22" role="img" aria-label=${n.label}>
      ${r(V,ge-V,0)}${r(M(0),M(0),5)}
      ${e===null||s===null||i===null?h:C`<rect class="spread" x=${M(s)} y=${Q-7} width=${Math.max(2,M(i)-M(s))} height="14" rx="7" />`}
      ${e===null?h:C`<circle class="dot" cx=${M(e)} cy=${Q} r=${t?8:6} />`}
    </svg>
  </div>`}function ot(n,t){if(n.chart?.rows.length)return n.chart.rows;if(!n.axis)return[];let{value:e,coverage:s,band:i}=n.axis,r=.15+.45*(1-Math.max(0,Math.min(1,s))),a=i==="insufficient"?null:e,l=e??0;return[{label:t.axisLabel,left:t.axisLeft,right:t.axisRight,value:a,low:l-r,high:l+r}]}function lt(n,t){return n==="clear"?t.bandClear:n==="slight"?t.bandSlight:n==="both"?t.bandBoth:t.bandInsufficient}function Ue(n,t){return t?.length?o`<h4>${n}</h4><ul>${t.map(e=>o`<li>${e}</li>`)}</ul>`:h}function ht(n,t,e){let s=(i,r,a)=>i?o`<button class="file" type="button" @click=${()=>e(i,a)}>${r}</button>`:h;return!n.sheet&&!n.image?h:o`<p class="files">
    ${s(n.sheet,t.sheetFile,"self-analysis.pdf")} ${s(n.image,t.chartFile,"self-analysis.png")}
  </p>`}function He(n,t,e){let s=n.card,i=r=>r?.map(a=>`「${a.words}」`);return o`<section class="card" aria-label=${n.title??t.resultTitle}>
    <h3>${s?.headline??n.title??t.resultTitle}</h3>
    ${ot(n,t).map((r,a)=>at(r,a===0))}
    ${n.axis&&!s?o`<p class="band">${lt(n.axis.band,t)}</p>`:h}
    ${n.roles?.length?o`<h4>${t.rolesTitle}</h4>
            <p class="roles">${n.roles.slice(0,3).map(r=>o`<span class="role">${r.job}</span>`)}</p>`:h}
    ${Ue(t.evidenceTitle,s?.clues??i(n.evidence))}
    ${Ue(t.counterTitle,s?.cautions??i(n.counter))}
    ${s?.sureness?o`<h4>${t.surenessTitle}</h4><p>${s.sureness}</p>`:h}
    ${s?.next||n.next_step?o`<h4>${t.nextTitle}</h4><p>${s?.next??n.next_step}</p>`:h}
    ${ht(n,t,e)}
  </section>`}function I(n){return n.type==="status"?n.seq!==void 0&&!!n.text:n.type==="message"&&!!(n.text||n.card||n.image)}var $=class{constructor(){this.bySeq=new Map;this.sorted=[];this.outgoing=[];this.lastSeq=0;this.state="bot";this.said="";this.adviser="";this.typing="";this.slow=""}take(t){return t.type==="typing"?(this.typing=t.state==="stop"?"":t.from??"",!0):t.seq===void 0?(this.follow(t),!0):this.bySeq.has(t.seq)?!1:(this.bySeq.set(t.seq,t),this.sorted=[...this.bySeq.values()].sort((e,s)=>(e.seq??0)-(s.seq??0)),this.lastSeq=Math.max(this.lastSeq,t.seq),t.from==="user"?this.outgoing=this.outgoing.filter(e=>e.seq!==t.seq&&e.id!==t.id):t.type==="message"&&(this.typing="",this.slow=""),this.follow(t),!0)}follow(t){if(t.from==="adviser"&&t.name&&(this.adviser=t.name),!(t.type!=="status"||!t.state)){if(t.state==="waiting"){this.slow=t.text??"";return}this.state=t.state,this.position=t.position,this.said=t.text??"",t.name&&(this.adviser=t.name)}}accepted(t,e){this.outgoing=this.bySeq.has(e)?this.outgoing.filter(s=>s.id!==t):this.outgoing.map(s=>s.id===t?{...s,state:"sent",seq:e}:s)}failed(t,e){this.outgoing=this.outgoing.map(s=>s.id===t?{...s,state:"failed",error:e}:s)}get events(){return this.sorted}get lastMessage(){return[...this.sorted].reverse().find(I)}get openChoices(){let t=this.lastMessage;if(!(this.outgoing.some(e=>e.state!=="failed")||this.over))return t&&t.from!=="user"&&t.choices?.length?t:void 0}get waiting(){return this.state!=="bot"?!1:this.outgoing.some(t=>t.state==="sent")?!0:this.lastMessage?.from==="user"}get over(){return this.state==="closed"||this.state==="abandoned"}get progress(){let t=!1;for(let e of[...this.sorted].reverse()){if(e.progress)return e.progress;if(e.from==="user"&&t)return;t||=e.from!=="user"&&I(e)}}};var G=class{constructor(){this.endedAt=-1/0}ended(t){this.endedAt=t.timeStamp}belongsToInput(t){return t.isComposing||t.keyCode===229||t.timeStamp-this.endedAt<40}};var dt=/\*\*([^*\n]+)\*\*|(https?:\/\/[^\s<>"「」（）、。]+)|([\w.+-]+@[\w-]+\.[\w.-]*\w)|(?<![\d-])(0\d{1,3}-\d{2,4}-\d{3,4}|11[09])(?![\d-])|\[([^\]\n]{1,80})\]\((https:\/\/[^\s)]+|mailto:[^\s)]+|tel:[\d+-]+)\)/g,ct=/^11[09]$/,Ne=40;function z(n,t,e=""){let s=n.startsWith("http");return o`<a class=${e||h} href=${n} rel="noopener noreferrer nofollow" target=${s?"_blank":h}>${t}</a>`}function pt(n,t){let e=t(n);if(e)return z(n,e,"act");let s=n.replace(/^https?:\/\//,"");return z(n,s.length>Ne?`${s.slice(0,Ne)}…`:s)}function De(n,t){let e=[],s=0;for(let i of n.matchAll(dt)){let[r,a,l,d,c,u,p]=i;c&&ct.test(c)&&/[\d万円%年件]/.test(n.charAt((i.index??0)+r.length))||(e.push(n.slice(s,i.index)),a?e.push(o`<strong>${a}</strong>`):l?e.push(pt(l,t)):d?e.push(z(`mailto:${d}`,d)):c?e.push(z(`tel:${c.replace(/-/g,"")}`,c)):u&&p&&e.push(z(p,u)),s=(i.index??0)+r.length)}return e.push(n.slice(s)),e}var Ie=/^\s*(?:[-*•・]|[–—])\s*/,ze=/^\s*(?:\d{1,2}[.)．）]|[①-⑳])\s*/;function je(n,t=()=>""){let e=[],s=[],i="",r=()=>{let a=s,l=a.map(d=>o`<li>${De(d,t)}</li>`);a.length&&(i==="ul"?e.push(o`<ul>${l}</ul>`):i==="ol"?e.push(o`<ol>${l}</ol>`):e.push(o`<p>${a.map((d,c)=>o`${c?o`<br />`:h}${De(d,t)}`)}</p>`),s=[])};for(let a of n.split(/\r?\n/)){let l=Ie.test(a)?"ul":ze.test(a)?"ol":a.trim()===""?"":"p";l!==i&&r(),i=l,l!==""&&s.push(l==="ul"?a.replace(Ie,""):l==="ol"?a.replace(ze,""):a)}return r(),e}var J=class{constructor(t,e){this.kind=e;this.memory=null;this.key=`career-chat:${t}`,this.openKey=`${this.key}:open`}storage(){try{return this.kind==="session"?window.sessionStorage:window.localStorage}catch{return null}}get token(){try{return this.storage()?.getItem(this.key)??this.memory}catch{return this.memory}}set token(t){this.memory=t;try{t===null?this.storage()?.removeItem(this.key):this.storage()?.setItem(this.key,t)}catch{}}get wasOpen(){try{return this.token!==null&&window.sessionStorage.getItem(this.openKey)==="1"}catch{return!1}}set wasOpen(t){try{t&&this.token?window.sessionStorage.setItem(this.openKey,"1"):window.sessionStorage.removeItem(this.openKey)}catch{}}concerns(t){return t.key===this.key||t.key===null}};function fe(){if(crypto.randomUUID)return crypto.randomUUID();let n=crypto.getRandomValues(new Uint8Array(16));n[6]=(n[6]??0)&15|64,n[8]=(n[8]??0)&63|128;let t=[...n].map(e=>e.toString(16).padStart(2,"0")).join("");return[t.slice(0,8),t.slice(8,12),t.slice(12,16),t.slice(16,20),t.slice(20)].join("-")}var me=800,ut=2e4,gt=45e3,ft=2e4,xe=class{constructor(){this.rest=""}push(t){this.rest+=t;let e=this.rest.split(/\r?\n\r?\n/);return this.rest=e.pop()??"",e.map(s=>s.split(/\r?\n/).filter(i=>i.startsWith("data:")).map(i=>i.slice(5).replace(/^ /,"")).join(`
`)).filter(s=>s!=="")}},Z=class{constructor(t,e,s){this.api=t;this.listener=e;this.after=s;this.abort=null;this.wait=me;this.running=!1;this.heard=0}start(){this.running||(this.running=!0,this.connect())}stop(){this.running=!1,clearTimeout(this.timer),clearTimeout(this.watchdog),this.abort?.abort(),this.abort=null}nudge(){!this.running||this.abort!==null&&Date.now()-this.heard<ft||(clearTimeout(this.timer),this.abort?.abort(),this.wait=me,this.connect())}alive(t){clearTimeout(this.watchdog),this.heard=Date.now(),this.watchdog=setTimeout(()=>t.abort(),gt)}async connect(){let t=new AbortController;this.abort=t;try{await this.read(t)}catch(e){e instanceof g&&e.sessionEnded&&(this.running=!1,this.listener.ended(e))}this.abort===t&&(clearTimeout(this.watchdog),this.abort=null,this.running&&(this.listener.connected(!1),this.timer=setTimeout(()=>{this.connect()},this.wait*(.75+Math.random()/2)),this.wait=Math.min(this.wait*2,ut)))}async read(t){this.alive(t);let e=this.after(),s=await fetch(this.api.url(`/events?after=${e}`),{headers:this.api.headers({Accept:"text/event-stream","Last-Event-ID":String(e)}),credentials:"omit",cache:"no-store",signal:t.signal});if(!s.ok||!s.body)throw new g(s.status,`http_${s.status}`,"");this.wait=me,this.listener.connected(!0);let i=new xe,r=new TextDecoder,a=s.body.getReader();for(;;){let{done:l,value:d}=await a.read();if(l)return;this.alive(t);for(let c of i.push(r.decode(d,{stream:!0})))this.listener.event(JSON.parse(c))}}};var Be=te`
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
  /* Japanese breaks between phrases, and no line is left with one letter (where the browser knows how). */
  h2, h3, .launcher, .choices button, .bubble, .card, .sheet p, .status { word-break: auto-phrase; }
  .bubble p, .bubble li, .card li, .card p, .sheet p { text-wrap: pretty; }
  h3, .system .bubble { text-wrap: balance; }

  .launcher {
    display: inline-flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 24px 0 19px;
    border-radius: 28px; background: var(--accent); color: var(--on-accent); font-weight: 600; white-space: nowrap;
    box-shadow: 0 2px 6px rgb(var(--shade) / 18%), 0 8px 24px rgb(var(--shade) / 20%); transition: transform 0.15s ease, box-shadow 0.15s ease;
  }
  .launcher:hover { transform: translateY(-1px); box-shadow: 0 3px 8px rgb(var(--shade) / 20%), 0 12px 30px rgb(var(--shade) / 26%); }
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
  header button:hover { background: color-mix(in srgb, var(--on-accent) 16%, transparent); }
  header svg { width: 22px; height: 22px; }
  header .more svg { stroke-width: 3; }
  header .human { display: flex; align-items: center; gap: 6px; padding: 0 14px 0 11px; font-size: 13px; font-weight: 600; border: 1px solid color-mix(in srgb, var(--on-accent) 60%, transparent); border-radius: 22px; white-space: nowrap; }
  header .human svg { width: 18px; height: 18px; }

  .menu { position: absolute; right: 10px; top: 62px; z-index: 3; min-width: 244px; padding: 6px; margin: 0; list-style: none; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 12px 36px rgb(var(--shade) / 22%); }
  .menu button { width: 100%; min-height: 46px; padding: 0 14px; text-align: start; border-radius: 11px; }
  .menu button:hover { background: var(--ground); }
  .menu li:last-child { margin-top: 6px; padding-top: 6px; border-top: 1px solid var(--line); }
  .menu .danger { color: var(--danger); }

  .view { position: relative; flex: 1; min-height: 0; display: flex; background: var(--ground); }
  .body { position: relative; flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 14px 16px 14px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
  .down { position: absolute; left: 50%; bottom: 10px; transform: translateX(-50%); display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-width: 44px; min-height: 44px; border-radius: 22px; background: var(--paper); color: var(--link); border: 1px solid var(--edge); font-size: 13px; font-weight: 600; box-shadow: 0 4px 16px rgb(var(--shade) / 18%); }
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
  .bubble a.act { display: inline-flex; align-items: center; min-height: 44px; margin-top: 4px; padding: 0 18px; border: 1px solid var(--edge); border-radius: 22px; background: var(--paper); font-weight: 600; text-decoration: none; }
  .bubble img { display: block; max-width: 100%; height: auto; border-radius: 12px; margin-top: 6px; }
  .meta { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0 8px; font-size: 11px; line-height: 1.6; color: var(--quiet); margin: 2px 4px 0; }
  .meta .failed { color: var(--danger); font-size: 12px; }
  .meta button { min-height: 44px; padding: 0 8px; color: var(--danger); font-size: 13px; font-weight: 600; white-space: nowrap; text-decoration: underline; text-underline-offset: 3px; }
  .row:not(.user) > .meta { align-self: flex-start; }
  .pending .bubble { opacity: 0.75; }

  .choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 14px 0 2px; padding: 0; list-style: none; }
  .choices button { min-height: 44px; padding: 8px 17px; border-radius: 22px; border: 1px solid var(--edge); background: var(--paper); color: var(--link); font-weight: 600; font-size: 14px; line-height: 1.45; text-align: start; transition: background 0.12s ease; }
  .choices button:hover { background: var(--soft); border-color: var(--accent); }
  /* Answers of a guided question stand one below the other; what steers it is quieter and comes last. */
  .choices.stack { flex-direction: column; }
  .choices.stack button { width: 100%; padding-inline: 18px; border-radius: 14px; }
  .choices.quiet { gap: 0 4px; margin-top: 6px; }
  .choices.quiet button { border-color: transparent; background: none; padding: 8px 10px; color: var(--quiet); font-weight: 500; font-size: 13px; text-decoration: underline; text-underline-offset: 4px; text-decoration-color: color-mix(in srgb, var(--quiet) 50%, transparent); }
  .choices.quiet button:hover { color: var(--link); }

  .dots { display: inline-flex; gap: 5px; padding: 15px 16px; }
  .dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--quiet); animation: breathe 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: 0.15s; }
  .dots i:nth-child(3) { animation-delay: 0.3s; }
  @keyframes breathe { 0%, 60%, 100% { opacity: 0.25; } 30% { opacity: 1; } }

  .status { flex: none; font-size: 13px; line-height: 1.6; color: var(--quiet); background: var(--paper); }
  .status:not(:empty):not(.unseen) { padding: 8px 18px; border-top: 1px solid var(--line); }
  .status.waiting { display: flex; align-items: center; gap: 10px; background: var(--soft); color: var(--ink); }
  .status.waiting::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--accent); animation: breathe 1.6s infinite ease-in-out; flex: none; }
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
  .second:hover { background: var(--ground); }
  .error { color: var(--danger); }
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
  .axis { margin: 0 0 12px; }
  .axis.main { margin: 0 0 16px; padding: 10px 12px 12px; border-radius: 14px; background: var(--soft); }
  .axis b { display: block; font-size: 12px; font-weight: 600; color: var(--quiet); text-align: center; line-height: 1.5; }
  .poles { display: flex; justify-content: space-between; gap: 20px; font-size: 12px; line-height: 1.4; }
  .poles span { max-width: 46%; text-wrap: balance; word-break: auto-phrase; }
  .poles span:last-child { text-align: end; }
  .main .poles { font-size: 14px; font-weight: 600; }
  .chart { display: block; width: 100%; height: auto; }
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
  .file:hover { background: var(--soft); }

  @media (max-width: 520px) {
    :host { font-size: 16px; }
    :host([open]) { inset: 0; }
    .pane { width: 100%; height: 100vh; height: 100dvh; border-radius: 0; box-shadow: none; }
    .launcher { padding: 0 20px 0 16px; }
    header { padding-inline-start: 14px; padding-top: calc(10px + env(safe-area-inset-top)); }
    .choices button { font-size: 15px; }
    .choices.quiet button { font-size: 14px; }
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
`;var mt={title:"キャリア相談",subtitle:"自動応答です",launcher:"仕事の相談をする",close:"閉じる",menu:"メニュー",human:"人に相談",humanLong:"アドバイザーに相談する",placeholder:"メッセージを入力",send:"送信",log:"会話",consentTitle:"はじめる前に",consentAgree:"同意してはじめる",consentLink:"個人情報の取り扱い",consentLoad:"読み込んでいます…",retry:"もう一度送る",reload:"もう一度試す",sending:"送信中",sent:"送信しました",failed:"送信できませんでした",you:"あなた",bot:"自動応答",adviser:"アドバイザー",adviserNow:"アドバイザーが対応しています",typingBot:"入力中です",typingAdviser:"さんが入力中です",reconnecting:"接続が切れました。つなぎ直しています…",offline:"オフラインです。つながると自動で再開します。",queued:"アドバイザーをお呼びしています。このままお待ちください。",queuedPosition:"アドバイザーをお呼びしています。前に{n}人お待ちです。",queuedNext:"アドバイザーをお呼びしています。次にご案内します。",active:"{name}が対応しています",scheduled:"ご希望の日時を受け付けました。アドバイザーからご連絡します。",closed:"この相談は終了しました",tooLong:"{max}文字までで送ってください。",tooFast:"少し時間をおいてから送ってください。",serverError:"うまく送れませんでした。少し待ってから、もう一度お試しください。",sessionEnded:"前回の相談は期限が切れました。あらためてはじめてください。",count:"{n} / {max}文字",save:"会話を保存する",data:"自分のデータを受け取る",delete:"自分のデータを削除する",end:"相談を終える",deleteAsk:"会話とデータをすべて削除します。元に戻せません。",deleteYes:"削除する",deleted:"データを削除しました。",endAsk:"この相談を終えますか。",endYes:"終える",no:"やめる",rate:"相談はいかがでしたか",rateComment:"よければ一言お聞かせください（任意）",rateSend:"送る",rateThanks:"ありがとうございました。",rateHint:"星を選んでください",rateLabels:"よくなかった|いまひとつ|ふつう|よかった|とてもよかった",again:"新しく相談する",newMessages:"新しいメッセージ",toEnd:"いちばん下へ",appointment:"連絡先を残す",today:"今日",yesterday:"昨日",progress:"質問 {step} / {of}",resultTitle:"自己分析の結果",axisLeft:"事務職",axisRight:"バックオフィス",axisLabel:"事務職とバックオフィスのあいだでの位置",bandClear:"傾向がはっきりしています",bandSlight:"ややこちら寄りです",bandBoth:"どちらの要素もあります",bandInsufficient:"まだ手がかりが足りません",rolesTitle:"読んでみるとよい仕事",evidenceTitle:"あなたの言葉から",counterTitle:"気をつけたい点",surenessTitle:"どのくらい確かか",nextTitle:"次の一歩",sheetFile:"自己分析シート（PDF）",chartFile:"図を保存（画像）",image:"画像",languageTag:"ja-JP"},xt={title:"Career chat",subtitle:"In Japanese",launcher:"Ask about jobs",close:"Close",menu:"Menu",human:"Adviser",humanLong:"Talk to an adviser",placeholder:"Write a message",send:"Send",log:"Conversation",consentTitle:"Before we start",consentAgree:"Agree and start",consentLink:"How personal data is handled",consentLoad:"Loading…",retry:"Send again",reload:"Try again",sending:"Sending",sent:"Sent",failed:"Not sent",you:"You",bot:"Automatic answer",adviser:"Adviser",adviserNow:"Adviser, in this chat",typingBot:"Writing",typingAdviser:" is writing",reconnecting:"Connection lost. Reconnecting…",offline:"You are offline. The chat resumes by itself.",queued:"Calling an adviser. Please stay here.",queuedPosition:"Calling an adviser. {n} waiting before you.",queuedNext:"Calling an adviser. You are next.",active:"{name} is with you",scheduled:"Your preferred time is noted. An adviser will contact you.",closed:"This conversation has ended",tooLong:"Please keep it within {max} characters.",tooFast:"Please wait a moment before sending.",serverError:"That did not work. Please try again in a moment.",sessionEnded:"Your earlier conversation has expired. Please start again.",count:"{n} / {max} characters",save:"Save the conversation",data:"Get my data",delete:"Delete my data",end:"End the conversation",deleteAsk:"The conversation and your data will be deleted. This cannot be undone.",deleteYes:"Delete",deleted:"Your data was deleted.",endAsk:"End this conversation?",endYes:"End",no:"Cancel",rate:"How was it?",rateComment:"Anything you would like to tell us (optional)",rateSend:"Send",rateThanks:"Thank you.",rateHint:"Choose a number of stars",rateLabels:"Bad|Not good|OK|Good|Very good",again:"Start a new conversation",newMessages:"New messages",toEnd:"To the end",appointment:"Leave your contact",today:"Today",yesterday:"Yesterday",progress:"Question {step} of {of}",resultTitle:"Your self-analysis",axisLeft:"Office work",axisRight:"Back office",axisLabel:"Position between office work and back office",bandClear:"A clear tendency",bandSlight:"A slight tendency",bandBoth:"You have something of both",bandInsufficient:"Not enough to go on yet",rolesTitle:"Jobs worth reading about",evidenceTitle:"In your own words",counterTitle:"Worth keeping in mind",surenessTitle:"How sure this is",nextTitle:"Next step",sheetFile:"My sheet (PDF)",chartFile:"Save the chart (image)",image:"Image",languageTag:"en-GB"};function X(n,t={}){let e=n.startsWith("en")?xt:mt,s=Object.entries(t).filter(([i,r])=>i in e&&r!=="");return{...e,...Object.fromEntries(s)}}function L(n,t){return n.replace(/\{(\w+)\}/g,(e,s)=>String(t[s]??e))}var vt=2e3,bt=.8,yt=[1e3,3e3,8e3],wt=3e3,$t=8e3,kt=[1,2,3,4,5],x=n=>o`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${C`<path d=${n} />`}</svg>`,v={chat:"M20 12a8 8 0 0 1-11.6 7.1L4 20.5l1.4-4.2A8 8 0 1 1 20 12ZM9 11h.01M12 11h.01M15 11h.01",close:"M6 6l12 12M18 6L6 18",menu:"M12 5h.01M12 12h.01M12 19h.01",person:"M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0",send:"M4 12l16-7-5 15-3.5-6.5L4 12Z",down:"M12 5v14M5.5 12.5L12 19l6.5-6.5",sign:"M12 21V3M6 5h10l3 2.5L16 10H6ZM18 12.5H8L5 15l3 2.5h10Z",star:"M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.2-4.1 5.8-.8Z"},R=class extends w{constructor(){super();this.texts=X("ja");this.config=null;this.stream=null;this.talk=new $;this.enter=new G;this.connected=!0;this.busy=!1;this.notice="";this.sheet="";this.menuOpen=!1;this.unread=0;this.score=0;this.draft="";this.sending=Promise.resolve();this.lastTyping=0;this.nearEnd=!0;this.away=!1;this.fresh=!1;this.modalQuery=window.matchMedia("(max-width: 520px)");this.darkQuery=window.matchMedia("(prefers-color-scheme: dark)");this.followTheme=()=>{this.theme=this.darkQuery.matches?"dark":"light"};this.repaint=()=>this.requestUpdate();this.wake=()=>{document.hidden||this.stream?.nudge(),this.requestUpdate()};this.elsewhere=e=>{this.session.concerns(e)&&(this.disconnect(),this.talk=new $,this.sheet="",this.session.token&&this.open&&this.connect(),this.requestUpdate())};this.human=()=>this.attempt(async()=>{await this.api.call("POST","/human",{}),this.nearEnd=!0});this.end=()=>this.attempt(async()=>{await this.api.call("POST","/end",{}),this.sheet="rate"});this.erase=()=>this.attempt(async()=>{await this.api.call("DELETE","/data"),this.forget(),this.notice=this.texts.deleted});this.rate=()=>this.attempt(async()=>{let e=this.find(".rating textarea")?.value.trim();await this.api.call("POST","/rating",{score:this.score,...e?{comment:e}:{}}),this.sheet="done"});this.save=(e,s)=>this.attempt(async()=>{let i=URL.createObjectURL(await this.api.blob(e)),r=document.createElement("a");r.href=i,r.download=s,r.click(),setTimeout(()=>URL.revokeObjectURL(i),1e4)});this.measure=()=>{let e=this.find(".body"),s=e!==null&&e.scrollHeight-e.scrollTop-e.clientHeight>100;s!==this.away&&(this.away=s,this.fresh&&=s,this.requestUpdate())};this.toEnd=()=>{let e=this.find(".body"),s=window.matchMedia("(prefers-reduced-motion: reduce)").matches;e?.scrollTo({top:e.scrollHeight,behavior:s?"auto":"smooth"}),this.find(".log")?.focus({preventScroll:!0})};this.naming=e=>/^https?:\/\/[^/]+\/appointment\//.test(e)?this.texts.appointment:"";this.endpoint=window.location.origin,this.lang="ja",this.position="right",this.storage="local",this.accent="",this.theme="light",this.open=!1}connectedCallback(){super.connectedCallback(),this.endpoint=this.endpoint.replace(/\/+$/,""),this.session=new J(this.endpoint,this.storage==="session"?"session":"local"),this.api=new W(this.endpoint,()=>this.session.token),this.texts=X(this.lang),this.theme==="auto"&&(this.followTheme(),this.darkQuery.addEventListener("change",this.followTheme)),this.accent&&this.style.setProperty("--career-chat-accent",this.accent),window.addEventListener("online",this.wake),window.addEventListener("offline",this.repaint),window.addEventListener("storage",this.elsewhere),document.addEventListener("visibilitychange",this.wake),(this.open||this.session.wasOpen)&&this.show(!1)}disconnectedCallback(){super.disconnectedCallback(),this.stream?.stop(),this.stream=null,this.darkQuery.removeEventListener("change",this.followTheme),window.removeEventListener("online",this.wake),window.removeEventListener("offline",this.repaint),window.removeEventListener("storage",this.elsewhere),document.removeEventListener("visibilitychange",this.wake)}async show(e=!0){this.open=!0,this.unread=0,this.session.wasOpen=!0,this.session.token&&this.connect(),this.config||await this.loadConfig(),await this.updateComplete,e&&this.focusFirst()}async ask(e){this.draft=e,await this.show(),this.takeDraft()}takeDraft(){let e=this.find("form textarea");!e||!this.draft||(e.value=this.draft,this.draft="",this.fit(e),this.requestUpdate())}hide(){this.open=!1,this.menuOpen=!1,this.session.wasOpen=!1,this.updateComplete.then(()=>this.find(".launcher")?.focus())}async loadConfig(){this.notice="",this.requestUpdate();try{this.config=await this.api.config(),this.texts=X(this.lang,this.lang.startsWith("ja")?this.config.texts:{})}catch(e){this.notice=this.sentence(e)}this.requestUpdate()}connect(){this.stream??=new Z(this.api,{event:e=>this.receive(e),connected:e=>{this.connected=e,this.requestUpdate()},ended:()=>this.expire()},()=>this.talk.lastSeq),this.stream.start()}disconnect(){this.stream?.stop(),this.stream=null,this.connected=!0}expire(){this.session.token=null,this.disconnect(),this.talk=new $,this.notice=this.texts.sessionEnded,this.requestUpdate()}async agree(){if(!(!this.config||this.busy)){this.busy=!0,this.notice="",this.requestUpdate();try{this.session.token=(await this.api.open(this.config.consent.version)).token,this.session.wasOpen=!0,this.talk=new $,this.connect()}catch(e){this.notice=this.sentence(e)}this.busy=!1,this.requestUpdate(),await this.updateComplete,this.takeDraft(),this.focusFirst()}}receive(e){this.talk.take(e)&&(e.type==="typing"&&(clearTimeout(this.typingTimer),this.typingTimer=setTimeout(()=>{this.talk.typing="",this.requestUpdate()},$t)),I(e)&&e.from!=="user"&&(this.open?this.away&&(this.fresh=!0):this.unread+=1),e.type==="status"&&this.talk.over&&this.sheet===""&&(this.sheet="rate"),this.requestUpdate())}get limit(){return this.config?.limits?.text??vt}submit(e){e?.preventDefault();let s=this.find("textarea"),i=s?.value.trim()??"";if(!(!s||i==="")){if(i.length>this.limit){this.notice=L(this.texts.tooLong,{max:this.limit}),this.requestUpdate();return}s.value="",this.fit(s),this.queue({id:fe(),text:i,state:"sending",at:new Date().toISOString()}),s.focus()}}choose(e){this.queue({id:fe(),text:e.title,choice:e.id,state:"sending",at:new Date().toISOString()}),this.modalQuery.matches||this.find("textarea")?.focus()}queue(e){this.notice="",this.nearEnd=!0,this.talk.outgoing=[...this.talk.outgoing.filter(s=>s.id!==e.id),e],this.requestUpdate(),this.sending=this.sending.then(()=>this.deliver(e))}async deliver(e){let s=this.talk;for(let i=0;;i+=1)try{let r=e.choice===void 0?{text:e.text}:{choice:e.choice};s.accepted(e.id,await this.api.send({id:e.id,...r}));break}catch(r){if(!(r instanceof g))throw r;if(r.sessionEnded)return this.expire();let a=yt[i];if(!r.temporary||a===void 0||s!==this.talk){s.failed(e.id,r.status===0?this.texts.failed:this.sentence(r));break}await new Promise(l=>setTimeout(l,Math.max(a,r.retryAfter*1e3)))}this.requestUpdate()}resend(e){this.queue({...e,state:"sending"})}typed(e){this.fit(e.target),this.requestUpdate();let s=Date.now();this.talk.state!=="active"||s-this.lastTyping<wt||(this.lastTyping=s,this.api.call("POST","/typing",{typing:!0}).catch(()=>{}))}keydown(e){e.key!=="Enter"||e.shiftKey||this.enter.belongsToInput(e)||window.matchMedia("(pointer: coarse)").matches||(e.preventDefault(),this.submit())}fit(e){e.style.height="auto",e.style.height=`${Math.min(e.scrollHeight+3,132)}px`}async attempt(e){this.menuOpen=!1,this.busy=!0,this.notice="",this.requestUpdate();try{await e()}catch(s){s instanceof g&&s.sessionEnded&&this.expire(),this.notice=this.sentence(s)}this.busy=!1,this.requestUpdate()}forget(){this.session.wasOpen=!1,this.session.token=null,this.disconnect(),this.talk=new $,this.sheet="",this.score=0}startAgain(){this.forget(),this.notice="",this.requestUpdate()}sentence(e){if(!(e instanceof g))throw e;return e.status===0?navigator.onLine?this.texts.serverError:this.texts.offline:e.message&&this.lang.startsWith("ja")?e.message:e.status===429?this.texts.tooFast:this.texts.serverError}find(e){return this.renderRoot.querySelector(e)}focusFirst(){let e=this.modalQuery.matches&&this.session.token?".pane":"form textarea, .primary, .pane";this.find(e)?.focus()}paneKeydown(e){e.key==="Escape"&&!this.enter.belongsToInput(e)&&(e.stopPropagation(),this.menuOpen?(this.menuOpen=!1,this.find(".more")?.focus()):this.sheet==="end"||this.sheet==="delete"?this.sheet="":this.hide(),this.requestUpdate()),e.key==="Tab"&&this.modalQuery.matches&&this.holdFocus(e)}holdFocus(e){let s=[...this.renderRoot.querySelectorAll(".pane button:not(:disabled), .pane a[href], .pane textarea")],i=s[0],r=s[s.length-1],a=this.shadowRoot?.activeElement;if(e.shiftKey&&(a===i||a===this.find(".pane")))r?.focus();else if(!e.shiftKey&&a===r)i?.focus();else return;e.preventDefault()}willUpdate(){let e=this.find(".body");e&&(this.nearEnd||=e.scrollHeight-e.scrollTop-e.clientHeight<80)}updated(){let e=this.find(".body");e&&this.nearEnd&&this.follow(e),this.nearEnd=!1,this.measure()}follow(e){e.scrollTop=e.scrollHeight;let s=this.renderRoot.querySelectorAll(".log > .row"),i=s[s.length-1];if(!i||i.classList.contains("user"))return;let r=i.getBoundingClientRect().top-e.getBoundingClientRect().top-12;r<0&&(e.scrollTop+=r)}render(){return this.open?this.renderPane():this.renderLauncher()}renderLauncher(){return o`<button class="launcher" type="button" aria-haspopup="dialog" @click=${()=>this.show()}>
      ${x(v.chat)}<span>${this.texts.launcher}</span>
      ${this.unread?o`<span class="badge" aria-label=${`${this.texts.newMessages} ${this.unread}`}>${this.unread}</span>`:h}
    </button>`}renderPane(){let e=this.session.token!==null,s=this.talk.state==="active"?this.talk.adviser||this.texts.adviser:"";return o`<section class="pane" role="dialog" aria-modal=${this.modalQuery.matches?"true":"false"} aria-label=${this.texts.title} tabindex="-1" lang=${this.lang} @keydown=${this.paneKeydown} @click=${this.paneClick}>
      <header>
        <span class="face ${s?"person":""}" aria-hidden="true">${s?s.slice(0,1):x(v.sign)}</span>
        <div class="who">
          <h2>${s||this.texts.title}</h2>
          <p>${s?this.texts.adviserNow:this.texts.subtitle}</p>
        </div>
        ${e&&this.talk.state==="bot"?o`<button class="human" type="button" title=${this.texts.humanLong} ?disabled=${this.busy} @click=${this.human}>${x(v.person)}${this.texts.human}</button>`:h}
        ${e?o`<button class="more" type="button" aria-label=${this.texts.menu} aria-expanded=${this.menuOpen?"true":"false"} @click=${this.toggleMenu}>${x(v.menu)}</button>`:h}
        <button class="close" type="button" aria-label=${this.texts.close} @click=${this.hide}>${x(v.close)}</button>
      </header>
      ${this.menuOpen?this.renderMenu():h} ${e?this.renderTalk():this.renderConsent()}
    </section>`}paneClick(e){let s=i=>i instanceof Element&&i.matches(".menu, .more");!this.menuOpen||e.composedPath().some(s)||(this.menuOpen=!1,this.requestUpdate())}toggleMenu(){this.menuOpen=!this.menuOpen,this.requestUpdate(),this.updateComplete.then(()=>this.find(".menu button")?.focus())}renderMenu(){let e=(i,r,a="")=>o`<li><button type="button" class=${a} @click=${r}>${i}</button></li>`,s=i=>()=>{this.sheet=i,this.menuOpen=!1,this.requestUpdate(),this.updateComplete.then(()=>this.find(".sheet .primary")?.focus())};return o`<ul class="menu">
      ${e(this.texts.save,()=>this.save("/transcript?format=txt","transcript.txt"))}
      ${e(this.texts.data,()=>this.save("/data","my-data.json"))}
      ${this.talk.over?h:e(this.texts.end,s("end"))} ${e(this.texts.delete,s("delete"),"danger")}
    </ul>`}renderConsent(){let e=this.config?.consent;return o`<div class="sheet fill"><div>
      <span class="sign" aria-hidden="true">${x(v.sign)}</span>
      <h3>${this.texts.consentTitle}</h3>
      ${this.notice?o`<p class="error" role="alert">${this.notice}</p>`:h}
      ${e?o`<p>${e.text}</p>
              ${e.url?o`<p><a href=${new URL(e.url,`${this.endpoint}/`).href} target="_blank" rel="noopener">${this.texts.consentLink}</a></p>`:h}
              <button class="primary" type="button" ?disabled=${this.busy} @click=${this.agree}>${this.texts.consentAgree}</button>
              <button class="second" type="button" @click=${this.hide}>${this.texts.close}</button>`:this.notice?o`<button class="primary" type="button" @click=${this.loadConfig}>${this.texts.reload}</button>`:o`<p>${this.texts.consentLoad}</p>`}
    </div></div>`}renderTalk(){let e=this.talk.openChoices?.choices??[],s=this.talk.waiting||this.talk.typing!=="";return o`<div class="view">
        <div class="body" @scroll=${this.measure}>
          <div class="log" role="log" aria-label=${this.texts.log} aria-live="polite" tabindex="0">
            ${this.renderEvents()} ${this.talk.outgoing.map(i=>this.renderOutgoing(i))}
          </div>
          ${s?this.renderDots():h} ${this.renderChoices(e)}
        </div>
        ${this.away?o`<button class="down ${this.fresh?"fresh":""}" type="button" aria-label=${this.fresh?this.texts.newMessages:this.texts.toEnd} @click=${this.toEnd}>${x(v.down)}${this.fresh?this.texts.newMessages:h}</button>`:h}
      </div>
      ${this.renderStatus()} ${this.renderProgress()} ${this.renderFoot()}`}renderChoices(e){let s=e.some(l=>l.control),i=e.filter(l=>!l.control),r=(l,d)=>o`<ul class="choices ${d}">
        ${l.map(c=>o`<li><button type="button" @click=${()=>this.choose(c)}>${c.title}</button></li>`)}
      </ul>`,a=i.length?[r(i,s&&i.length<=5?"stack":"")]:[];return s?[...a,r(e.filter(l=>l.control),"quiet")]:a}renderEvents(){let e=[],s="",i="";for(let r of this.talk.events){if(!I(r))continue;let a=this.day(r.at);a!==s&&(e.push(o`<p class="day">${a}</p>`),i=""),s=a;let l=r.type==="status"?"":`${r.from}${r.name??""}`;e.push(this.renderMessage(r,l!==i)),i=l}return e}speaker(e){return e.from==="user"?this.texts.you:e.from==="adviser"?e.name||this.texts.adviser:this.texts.bot}renderMessage(e,s){if(e.type==="status")return o`<div class="row system mark"><div class="bubble">${e.text}</div></div>`;let i=e.from??"system";return o`<div class="row ${i} ${s?"first":""}">
      ${s&&i!=="system"?o`<span class=${i==="user"?"unseen":"name"}>${this.speaker(e)}</span>`:h}
      ${e.text||e.image?o`<div class="bubble">${i==="user"?e.text:je(e.text??"",this.naming)}${e.image?o`<img src=${this.safeImage(e.image)} alt=${this.texts.image} loading="lazy" />`:h}</div>`:h}
      ${e.card?He(e.card,this.texts,this.save):h}
      ${i==="system"?h:o`<span class="meta"><time datetime=${e.at??""}>${this.clock(e.at)}</time></span>`}
    </div>`}renderOutgoing(e){let s=e.state==="failed";return o`<div class="row user first ${s?"":"pending"}">
      <span class="unseen">${this.texts.you}</span>
      <div class="bubble">${e.text}</div>
      <span class="meta">
        ${s?o`<span class="failed">${e.error||this.texts.failed}</span>
                <button type="button" @click=${()=>this.resend(e)}>${this.texts.retry}</button>`:e.state==="sent"?this.texts.sent:this.texts.sending}
      </span>
    </div>`}renderDots(){let e=this.talk.typing==="adviser",s=e?`${this.talk.adviser||this.texts.adviser}${this.texts.typingAdviser}`:this.texts.typingBot;return o`<div class="row first ${e?"adviser":"bot"}">
      <div class="bubble dots" role="img" aria-label=${s}><i></i><i></i><i></i></div>
    </div>`}status(){if(!navigator.onLine)return{text:this.texts.offline,kind:"trouble"};if(!this.connected)return{text:this.texts.reconnecting,kind:"trouble"};if(this.notice)return{text:this.notice,kind:""};let{state:e,position:s,said:i}=this.talk;if(e==="queued"){let r=(s??1)-1,a=r>0?L(this.texts.queuedPosition,{n:r}):this.texts.queuedNext;return{text:s===void 0?i||this.texts.queued:a,kind:"waiting"}}return this.talk.slow?{text:this.talk.slow,kind:"waiting"}:e==="active"?{text:L(this.texts.active,{name:this.talk.adviser||this.texts.adviser}),kind:"unseen"}:e==="scheduled"?{text:i||this.texts.scheduled,kind:i?"unseen":""}:this.talk.over?{text:i||this.texts.closed,kind:i?"unseen":""}:{text:"",kind:""}}renderStatus(){let{text:e,kind:s}=this.status();return o`<div class="status ${s}" role="status" aria-live="polite">${e}</div>`}renderProgress(){let e=this.talk.progress;if(!e||this.talk.over)return h;let s=L(this.texts.progress,e);return o`<div class="progress"><span>${s}</span><progress max=${e.of} .value=${e.step} aria-label=${s}></progress></div>`}renderFoot(){return this.sheet==="delete"?this.renderQuestion(this.texts.deleteAsk,this.texts.deleteYes,this.erase,!0):this.sheet==="end"?this.renderQuestion(this.texts.endAsk,this.texts.endYes,this.end,!1):this.sheet==="rate"?this.renderRating():this.sheet==="done"||this.talk.over?this.renderDone():this.renderComposer()}renderQuestion(e,s,i,r){let a=()=>{this.sheet="",this.requestUpdate()};return o`<div class="sheet foot" role="group" aria-label=${e}>
      <p>${e}</p>
      <button class="primary ${r?"danger":""}" type="button" ?disabled=${this.busy} @click=${i}>${s}</button>
      <button class="second" type="button" @click=${a}>${this.texts.no}</button>
    </div>`}renderRating(){let e=this.texts.rateLabels.split("|"),s=i=>()=>{this.score=i,this.requestUpdate()};return o`<div class="sheet foot rating">
      <h3>${this.texts.rate}</h3>
      <div class="stars" role="group" aria-label=${this.texts.rate}>
        ${kt.map(i=>o`<button type="button" class=${i<=this.score?"lit":""} aria-label=${`${i} ${e[i-1]}`} aria-pressed=${this.score===i?"true":"false"} @click=${s(i)}>${x(v.star)}</button>`)}
      </div>
      <p class="said">${e[this.score-1]??this.texts.rateHint}</p>
      ${this.score?o`<p><textarea rows="2" maxlength="500" aria-label=${this.texts.rateComment} placeholder=${this.texts.rateComment}></textarea></p>`:h}
      <button class="primary" type="button" ?disabled=${!this.score||this.busy} @click=${this.rate}>${this.texts.rateSend}</button>
      <button class="second" type="button" @click=${()=>this.startAgain()}>${this.texts.again}</button>
    </div>`}renderDone(){return o`<div class="sheet foot">
      ${this.sheet==="done"?o`<p>${this.texts.rateThanks}</p>`:h}
      <button class="primary" type="button" @click=${()=>this.startAgain()}>${this.texts.again}</button>
    </div>`}renderComposer(){let e=this.find("form textarea")?.value.length??0,s=e>=this.limit*bt,i=e>this.limit;return o`<form @submit=${this.submit}>
      <div class="field">
        <textarea rows="1" aria-label=${this.texts.placeholder} placeholder=${this.texts.placeholder} enterkeyhint="enter" @input=${this.typed} @keydown=${this.keydown} @compositionend=${r=>this.enter.ended(r)}></textarea>
        ${s?o`<div class="count ${i?"over":""}">${L(this.texts.count,{n:e,max:this.limit})}</div>`:h}
      </div>
      <button class="send" type="submit" aria-label=${this.texts.send}>${x(v.send)}</button>
    </form>`}safeImage(e){let s=new URL(e,`${this.endpoint}/`);return s.protocol==="https:"||s.origin===new URL(this.endpoint).origin?s.href:""}clock(e){return e?new Date(e).toLocaleTimeString(this.texts.languageTag,{hour:"2-digit",minute:"2-digit"}):""}day(e){let s=e?new Date(e):new Date,i=Math.round((new Date().setHours(0,0,0,0)-new Date(s).setHours(0,0,0,0))/864e5);return i===0?this.texts.today:i===1?this.texts.yesterday:s.toLocaleDateString(this.texts.languageTag,{month:"long",day:"numeric",weekday:"short"})}};R.styles=Be,R.properties={endpoint:{type:String},lang:{type:String},position:{type:String,reflect:!0},storage:{type:String},accent:{type:String},theme:{type:String,reflect:!0},open:{type:Boolean,reflect:!0}};var Et=["endpoint","lang","position","storage","accent","theme","open"];function Fe(n){if(n?.dataset.mount==="none"||document.querySelector("career-chat"))return;let t=document.createElement("career-chat");n?.src&&t.setAttribute("endpoint",new URL(n.src).origin);for(let e of Et){let s=n?.dataset[e];s!==void 0&&t.setAttribute(e,s)}document.body.append(t)}var Ke=document.currentScript;customElements.get("career-chat")||customElements.define("career-chat",R);document.body?Fe(Ke):document.addEventListener("DOMContentLoaded",()=>Fe(Ke),{once:!0});})();
