// The citation picker: looks imported articles up and adds the chosen one to the point that was last worked at.
const picker = document.querySelector("[data-articles]");
if (picker) {
  const words = picker.querySelector("input");
  const list = picker.querySelector("ul");
  const hint = picker.querySelector("[role=status]");
  const points = [...document.querySelectorAll(".points .point")];
  const textOf = (point) => point.querySelector("textarea").value.trim();
  let chosen = points.find((point) => !textOf(point)) ?? points[0];
  points.forEach((point) => point.addEventListener("focusin", () => { chosen = point; }));
  const cite = (name) => {
    const field = chosen.querySelector("[name^=point-basis-]");
    const cited = field.value.split("、").map((one) => one.trim()).filter(Boolean);
    if (!cited.includes(name)) field.value = [...cited, name].join("、");
    hint.textContent = `要点 ${points.indexOf(chosen) + 1} 已加上 ${name}`;
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
