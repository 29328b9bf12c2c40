// A chat like WeChat's. Each page load is a new villager who has just followed the account.
const chat = document.getElementById("chat");
const composer = document.getElementById("composer");
const text = document.getElementById("text");
const mode = document.getElementById("mode");
let villager;

function element(name, className, content) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}

const TAP = /<a href="weixin:\/\/bizmsgmenu\?msgmenucontent=([^"&]*)&msgmenuid=[^"]*">([^<]*)<\/a>/;

function withLinks(bubble, content) {
  bubble.textContent = "";
  for (const part of content.split(/(https?:\/\/[^\s，。；<"]+|<a href="weixin:[^>]*>[^<]*<\/a>)/)) {
    const tap = TAP.exec(part);
    if (tap) {
      const link = element("a", "tap", tap[2]);
      link.href = "#";
      link.addEventListener("click", (event) => {
        event.preventDefault();
        say(tap[1], true);
        send("text", tap[1]);
      });
      bubble.append(link);
    } else if (/^https?:\/\//.test(part)) {
      const link = element("a", "", part);
      link.href = part;
      link.target = "_blank";
      link.rel = "noopener";
      bubble.append(link);
    } else {
      bubble.append(part);
    }
  }
}

function say(content, mine, state = "") {
  const line = element("div", `line ${mine ? "mine" : "theirs"} ${state}`, "");
  const bubble = element("div", "bubble", "");
  withLinks(bubble, content);
  line.append(element("div", "face", mine ? "我" : "法"), bubble);
  chat.append(line);
  line.scrollIntoView({ block: mine ? "end" : "start" });
  return line;
}

async function send(kind, content) {
  const waiting = say("…", false, "waiting");
  try {
    const answer = await fetch("/simulator/messages", {
      method: "POST",
      body: new URLSearchParams({ kind, text: content, villager }),
    });
    const result = await answer.json();
    waiting.remove();
    if (!answer.ok) say(result.error || "发送失败", false, "failed");
    else if (result.reply) say(result.reply, false);
  } catch {
    waiting.remove();
    say("发不出去：服务没有开着，或网络断了。", false, "failed");
  }
}

function start() {
  villager = crypto.getRandomValues(new Uint32Array(2)).join("-");
  chat.textContent = "";
  chat.append(element("div", "time", new Date().toLocaleString("zh-CN", { hour: "2-digit", minute: "2-digit" })));
  chat.append(element("div", "time", "您已关注“普法小助手”"));
  send("subscribe", "");
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const content = text.value.trim();
  if (!content) return;
  text.value = "";
  const kind = mode.getAttribute("aria-pressed") === "true" ? "voice" : "text";
  say(kind === "voice" ? `🔊 ${content}` : content, true);
  send(kind, content);
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});
mode.addEventListener("click", () => {
  const voice = mode.getAttribute("aria-pressed") !== "true";
  mode.setAttribute("aria-pressed", String(voice));
  mode.textContent = voice ? "语音" : "打字";
  text.placeholder = voice ? "语音识别出来的字" : "例如：工钱不给咋办";
});
document.getElementById("restart").addEventListener("click", start);
start();
