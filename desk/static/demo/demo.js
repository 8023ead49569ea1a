// The sample site's own buttons: each opens the chat with its question in the field.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-ask]") : null;
  if (button) document.querySelector("career-chat")?.ask(button.dataset.ask || button.textContent.trim());
});
