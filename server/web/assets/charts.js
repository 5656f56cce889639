// Draws tables of points as columns, with Chart.js. The tables stay for screen readers and for print.
"use strict";
(() => {
  const charts = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // The values above the columns, in the words of the table.
  const words = {
    id: "words",
    afterDatasetsDraw(chart) {
      const pen = chart.ctx;
      pen.save();
      pen.font = `600 12px ${Chart.defaults.font.family}`;
      pen.fillStyle = colour("--text");
      pen.textAlign = "center";
      chart.getDatasetMeta(0).data.forEach((column, i) => pen.fillText(chart.data.words[i], column.x, (column.y || chart.chartArea.bottom) - 6));
      pen.restore();
    },
  };

  const points = (section) => {
    const rows = [...section.querySelectorAll("table.points tbody tr")];
    const cells = rows.map((row) => row.querySelector("td"));
    return {
      words: cells.map((cell) => cell.textContent),
      labels: rows.map((row) => row.querySelector("th").textContent),
      datasets: [{
        data: cells.map((cell) => (cell.dataset.value === undefined ? null : Number(cell.dataset.value))),
        backgroundColor: colour("--accent"), borderRadius: 4, maxBarThickness: 48,
      }],
    };
  };

  const options = () => ({
    maintainAspectRatio: false,
    animation: false,
    layout: {padding: {top: 22}},
    plugins: {legend: {display: false}, tooltip: {displayColors: false, callbacks: {label: (point) => point.chart.data.words[point.dataIndex]}}},
    scales: {
      x: {grid: {display: false, borderColor: colour("--line")}, ticks: {color: colour("--muted")}},
      y: {beginAtZero: true, grid: {color: colour("--line"), drawBorder: false}, ticks: {color: colour("--muted"), maxTicksLimit: 5}},
    },
  });

  const draw = () => {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    for (const section of document.querySelectorAll("[data-columns]")) {
      charts.get(section)?.destroy();
      const canvas = document.createElement("canvas");
      section.querySelector(".drawing").replaceChildren(canvas);
      section.classList.add("drawn");
      charts.set(section, new Chart(canvas, {type: "bar", data: points(section), options: options(), plugins: [words]}));
    }
  };

  addEventListener("refreshed", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
