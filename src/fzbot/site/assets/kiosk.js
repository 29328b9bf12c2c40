// One visitor after another at a touch screen: each gets a name for the visit only, forgotten when idle.
const IDLE_MS = 60_000;
const tiles = document.getElementById("tiles");
const answers = document.getElementById("answers");
const words = document.getElementById("words");
let visit;
let idle;

function restart() {
  visit = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  answers.replaceChildren();
  answers.hidden = true;
  tiles.hidden = false;
  words.value = "";
  window.scrollTo(0, 0);
}

function awake() {
  clearTimeout(idle);
  idle = setTimeout(restart, IDLE_MS);
}

function say(text, className) {
  const box = document.createElement("div");
  box.className = className;
  box.textContent = text;
  answers.append(box);
  return box;
}

// What can be picked becomes buttons: nobody types a number at a touch screen.
function offer(choices) {
  const picks = document.createElement("div");
  picks.className = "picks";
  for (const [place, title] of choices.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.addEventListener("click", () => ask({ text: String(place + 1) }, title));
    picks.append(button);
  }
  if (choices.length) answers.append(picks);
}

async function ask(fields, shown) {
  tiles.hidden = true;
  answers.hidden = false;
  for (const old of answers.querySelectorAll(".picks")) old.remove();
  say(shown, "said mine");
  const box = say("…", "said");
  try {
    const body = new URLSearchParams({ visit, ...fields });
    const answer = await fetch("/kiosk/messages", { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const { reply, choices } = await answer.json();
    box.textContent = reply;
    offer(choices);
  } catch {
    box.textContent = "暂时连不上，请找工作人员，或打 12348。";
  }
  box.previousSibling.scrollIntoView({ block: "start" });
  awake();
}

for (const tile of tiles.children) tile.addEventListener("click", () => ask({ topic: tile.dataset.topic }, tile.textContent));
document.getElementById("again").addEventListener("click", restart);
document.getElementById("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (!text) return;
  words.value = "";
  ask({ text }, text);
});
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, awake);
restart();
