// Large type, remembered on this phone.
const button = document.getElementById("larger");
function show(on) {
  document.documentElement.classList.toggle("larger", on);
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "小字" : "大字";
}
show(localStorage.getItem("larger") === "yes");
button.addEventListener("click", () => {
  const on = !document.documentElement.classList.contains("larger");
  localStorage.setItem("larger", on ? "yes" : "no");
  show(on);
});
