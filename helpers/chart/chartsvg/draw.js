// Draws one picture. Runs after ECharts has been loaded.
//
// No font is at hand to measure text with, and which one a reader has is not known:
// widths are those of a wide sans-serif, so that nothing is clipped with another.
echarts.setPlatformAPI({
  measureText: function (text, font) {
    const size = parseFloat((/([\d.]+)px/.exec(font || "") || [0, 12])[1]);
    let em = 0;
    for (const c of text || "") {
      em += c >= "\u1100" ? 1 : /[ijlftI.,:;|!'()[\] ·]/.test(c) ? 0.37 : /[mwMW@%]/.test(c) ? 0.92 : /[A-Z]/.test(c) ? 0.7 : 0.62;
    }
    return { width: em * size * (/bold/.test(font || "") ? 1.08 : 1) };
  },
});

globalThis.chartsvg = function (option, width, height) {
  if (option === null || typeof option !== "object") {
    throw new TypeError("the options are " + (option === null ? "null" : typeof option) + ", not an object");
  }
  // Nobody waits for an animation here, and progressive drawing leaves out what
  // a browser would add in later frames.
  option.animation = false;
  for (const series of [].concat(option.series || [])) {
    series.progressive = 0;
    series.animation = false;
    if (!echarts.ComponentModel.getClass("series", series.type, false)) {
      throw new Error("there is no series type " + JSON.stringify(series.type));
    }
  }
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption(option);
  return chart.renderToSVGString();
};
