// Replaces the static picture by the live chart. Called with the class of the
// chart's element, a function that gives its options anew, the layout function,
// the height in pixels at a width of 760, the renderer, the element that the script
// stands in, if any, and the name of the output, if a cell updates or updated it.
(function (name, make, lay, height, renderer, own, output) {
  "use strict";
  // One for the page, whatever the number of charts on it.
  var page = window.interleaveCharts || (window.interleaveCharts = (function () {
    var page = { seen: new WeakSet(), open: new Set(), lib: {} };
    var server = function () {
      var base = null;
      try { base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl; } catch (e) {}
      base = base || document.body.getAttribute("data-base-url");
      return base ? base.replace(/\/*$/, "/") + "lab/extensions/interleave/echarts.min.js" : null;
    };
    var get = function (url, how) {
      return fetch(url, how).then(function (answer) {
        if (!answer.ok) throw new Error(url + ": " + answer.status);
        return answer.text();
      }).then(function (code) {
        // exports and module are its own, and a page's half-finished require and
        // define are out of sight: nothing of the page changes, at no time.
        var script = document.createElement("script");
        script.textContent = "(function(exports,module,define,require){" + code + "\n})(window.interleaveCharts.lib,{})";
        document.head.appendChild(script).remove();
        if (!page.lib.init) throw new Error(url + ": not ECharts");
      });
    };
    var loading = null;
    page.load = function () {
      var cdn = function () { return get(CDN, { integrity: INTEGRITY, credentials: "omit" }); };
      return loading || (loading = (server() ? get(server()).catch(cdn) : cdn()).catch(function (e) { loading = null; throw e; }));
    };
    page.ink = function () {
      var body = document.body, flag = body.getAttribute("data-jp-theme-light");
      var dark = flag != null ? flag === "false"
        : /\bvscode-(dark|light|high-contrast)/.test(body.className) ? /\bvscode-(dark|high-contrast(?!-light))/.test(body.className)
        : matchMedia("(prefers-color-scheme: dark)").matches && !flag;
      return dark ? INKS.dark : INKS.light;
    };
    var ink = null;
    var repaint = function () {
      if (ink === page.ink()) return;
      ink = page.ink();
      page.open.forEach(function (draw) { draw(); });
    };
    new MutationObserver(repaint).observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    return page;
  })());

  // What is drawn of outputs that are updated, by their names: it passes from each
  // to the next that takes its place.
  var kept = window.interleaveLive || (window.interleaveLive = {});

  var start = function (box) {
    if (page.seen.has(box)) return;
    page.seen.add(box);
    var picture = box.querySelector("img") || (output ? box.querySelector("p") : null);
    var view = null, shown = 0, watch = null;
    var leave = function () {
      page.open.delete(draw);
      view = null;
      shown = 0;
    };
    var close = function () {
      if (view) {
        view.chart.dispose();
        view.stage.remove();
        if (output) kept[output].splice(kept[output].indexOf(view), 1);
      }
      leave();
      box.style.minHeight = "";
      if (picture) picture.style.display = "";
    };
    var open = function (width) {
      ((output && kept[output]) || []).forEach(function (v) { if (v.box === box) view = v; });
      if (view && view.renderer !== renderer) close();
      if (!view) {
        var stage = document.createElement("div");
        box.insertBefore(stage, box.firstChild);
        view = { box: box, stage: stage, chart: page.lib.init(stage, null, { renderer: renderer, width: width, height: height }), renderer: renderer };
        if (output) (kept[output] = kept[output] || []).push(view);
      }
      view.leave = function () { leave(); watch.disconnect(); };
      view.stage.setAttribute("role", "img");
      if (picture) view.stage.setAttribute("aria-label", picture.alt || picture.textContent);
      page.open.add(draw);
    };
    // A page that knows its reader's language may put the labels into it.
    var spoken = function () { return page.speak ? page.speak(make()) : make(); };
    var draw = function () {
      var width = Math.min(box.clientWidth, 960);
      try {
        // What titles and legend take more of on a narrow screen, the chart gets on top.
        var usual = lay(spoken(), 760, page.ink(), page.lib, height).used;
        var plan = lay(spoken(), width, page.ink(), page.lib, height, usual);
        if (!view) open(width);
        view.stage.style.width = width + "px";
        view.stage.style.height = plan.height + "px";
        view.chart.resize({ width: width, height: plan.height });
        var before = output && view.chart.getOption(), legend = [].concat(plan.option.legend || [])[0];
        if (before && legend && (before.legend || [])[0]) legend.selected = before.legend[0].selected; // by the reader
        view.chart.setOption(plan.option, !!output);
        box.style.minHeight = "";
        if (picture) picture.style.display = "none";
        shown = width;
      } catch (e) {
        close();
        console.warn("interleave: the live chart failed, the picture stays:", e);
      }
    };
    // Fires when the box is laid out, folded, taken out of the page and put back:
    // JupyterLab does so with cells that scroll out of sight.
    page.load().then(function () {
      watch = new ResizeObserver(function () {
        if (!box.isConnected) close();
        // Squeezed to less, no chart can be read; the picture still shrinks.
        else if (box.clientWidth < 160) box.style.minHeight = "";
        else if (Math.min(box.clientWidth, 960) !== shown) draw();
      });
      watch.observe(box);
    }).catch(function (e) {
      page.seen.delete(box);
      box.style.minHeight = "";
      console.warn("interleave: ECharts did not load, the picture stays:", e);
    });
  };
  // Some front ends run a copy of this script elsewhere in the page.
  document.querySelectorAll("." + name).forEach(start);
  if (own && own.classList && own.classList.contains(name)) start(own);
})
