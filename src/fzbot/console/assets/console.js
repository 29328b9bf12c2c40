// The menu on a phone.
const menuButton = document.getElementById("menu-button");
if (menuButton) {
  const menu = document.getElementById("menu");
  menuButton.addEventListener("click", () => {
    const open = menu.classList.toggle("open");
    menuButton.setAttribute("aria-expanded", String(open));
  });
}
// Ask before what cannot be undone.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}
// How long a text is for WeChat, which counts bytes.
for (const area of document.querySelectorAll("textarea[data-bytes]")) {
  const shown = document.createElement("small");
  area.after(shown);
  const count = () => { shown.textContent = `${new TextEncoder().encode(area.value).length} 字节（整条回复最多 2047 字节）`; };
  area.addEventListener("input", count);
  count();
}
