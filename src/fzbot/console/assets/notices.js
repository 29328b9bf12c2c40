// How long a notice is for WeChat, which counts bytes: title, brackets, line break and text together.
const form = document.querySelector("form[data-notice]");
if (form) {
  const area = form.querySelector("[data-notice-bytes]");
  const counter = form.querySelector("[data-counter]");
  const most = Number(area.dataset.noticeBytes);
  const count = () => {
    const body = `【${form.elements.title.value.trim()}】\n${area.value.replace(/\r\n/g, "\n").trim()}`;
    const used = new TextEncoder().encode(body).length;
    const left = most - used;
    counter.textContent = left >= 0
      ? `已用 ${used} 字节，最多 ${most} 字节，约还能写 ${Math.floor(left / 3)} 个汉字。`
      : `已用 ${used} 字节，超了 ${-left} 字节，请删掉约 ${Math.ceil(-left / 3)} 个汉字。`;
    counter.classList.toggle("over", left < 0);
  };
  area.addEventListener("input", count);
  form.elements.title.addEventListener("input", count);
  count();
  // Whom it would reach, asked of the server whenever the plan changes.
  const reach = document.getElementById("reach");
  let asked = 0;
  const ask = async () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (["way", "to", "villages", "theme"].includes(name)) query.append(name, value);
    }
    const mine = ++asked;
    const answer = await fetch(reach.dataset.address + query).catch(() => null);
    if (mine !== asked) return;
    if (answer && answer.ok && !answer.redirected) reach.innerHTML = await answer.text();
    else reach.textContent = "现在算不出有多少人，保存后再看。";
  };
  for (const field of form.querySelectorAll("[name=way], [name=to], [name=villages], [name=theme]")) {
    field.addEventListener("change", ask);
  }
  if (form.querySelector("[name=way]:checked")) ask();
}
// Copying the text that goes to a group; old phones have no clipboard interface.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    const area = document.getElementById(button.dataset.copy);
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = "已复制，去群里粘贴";
  });
}
