// The citation picker: looks imported articles up and adds the chosen one to the field of citations.
const picker = document.querySelector("[data-articles]");
if (picker) {
  const words = picker.querySelector("input");
  const list = picker.querySelector("ul");
  const hint = picker.querySelector("[role=status]");
  const field = document.querySelector("textarea[name=basis]");
  const cite = (name) => {
    const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!lines.includes(name)) field.value = [...lines, name].join("\n");
    hint.textContent = `已加上 ${name}`;
  };
  const show = ({ found, hint: said }) => {
    hint.textContent = said;
    list.replaceChildren(...found.map((article) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "outline small-button";
      button.textContent = `引用 ${article.cite}`;
      button.addEventListener("click", () => cite(article.cite));
      const text = document.createElement("span");
      text.textContent = article.text;
      item.append(button, text);
      return item;
    }));
  };
  const look = async () => {
    const answer = await fetch(`${picker.dataset.articles}?q=${encodeURIComponent(words.value.trim())}`);
    if (answer.ok) show(await answer.json());
    else hint.textContent = "没查成，请再试一次";
  };
  picker.querySelector("button").addEventListener("click", look);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    look();
  });
}
