// Draws the charts that a page describes in data attributes. Nothing is loaded from elsewhere.
const GREEN = ["#0b6b4f", "#c77f1a", "#2f6f9f", "#a33d3d", "#6c5b93", "#4c5760"];
const text = { fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif', fontSize: 13 };
const base = { color: GREEN, textStyle: text, animation: false, tooltip: { trigger: "axis", renderMode: "richText" } };

function line(data) {
  return {
    ...base,
    legend: { top: 0 },
    grid: { left: 48, right: 16, top: 32, bottom: 28 },
    xAxis: { type: "category", data: data.labels },
    yAxis: { type: "value", minInterval: 1 },
    series: data.series.map((one) => ({ ...one, type: "line", showSymbol: data.labels.length < 40 })),
  };
}

function bars(data) {
  return {
    ...base,
    grid: { left: 8, right: 40, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", minInterval: 1, axisLabel: { hideOverlap: true } },
    yAxis: { type: "category", data: data.labels, inverse: true, axisLabel: { width: 120, overflow: "truncate" } },
    series: data.series.map((one) => ({ ...one, type: "bar", barMaxWidth: 18, label: { show: true, position: "right" } })),
  };
}

function columns(data) {
  return {
    ...base,
    grid: { left: 40, right: 8, top: 12, bottom: 28 },
    xAxis: { type: "category", data: data.labels },
    yAxis: { type: "value", minInterval: 1 },
    series: data.series.map((one) => ({ ...one, type: "bar" })),
  };
}

function pie(data) {
  return {
    ...base,
    tooltip: { trigger: "item", renderMode: "richText" },
    legend: { bottom: 0, formatter: (name) => `${name} ${data.find((one) => one.name === name).value}` },
    series: [{ type: "pie", radius: ["40%", "70%"], center: ["50%", "42%"], data, label: { show: false } }],
  };
}

const draw = { trend: line, themes: bars, villages: bars, hours: columns, decisions: pie, frauds: bars };
for (const place of document.querySelectorAll("[data-chart]")) {
  const data = JSON.parse(place.dataset.chart);
  const empty = Array.isArray(data) ? data.length === 0 : data.labels.length === 0;
  if (empty) {
    place.textContent = "这段日子没有。";
    place.classList.add("blank");
    continue;
  }
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption(draw[place.dataset.kind](data));
  window.addEventListener("resize", () => chart.resize());
}
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
