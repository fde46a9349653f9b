// Places and colours a chart for a width, in the drawing program and in the
// browser alike: title, legend and axis names wrap instead of colliding. What
// the chart's author has set stays. Gives { option, used, height }: used is the
// height in pixels that titles, legend and names take. What they take more than
// usual, if that is given, the chart gets on top of the height that it was given.
(function (option, width, ink, echarts, height, usual) {
  "use strict";
  var list = function (v) { return v == null ? [] : Array.isArray(v) ? v : [v]; };
  var fill = function (to, from) {
    for (var k in from) {
      if (to[k] == null) to[k] = from[k];
      else if (typeof from[k] === "object" && typeof to[k] === "object") fill(to[k], from[k]);
    }
    return to;
  };
  var wide = function (text, size) { return echarts.format.getTextRect(text, size + "px sans-serif").width; };
  var wrap = function (text, room, size) {
    var lines = [];
    String(text).split("\n").forEach(function (line) {
      var now = "";
      line.split(/( +)/).forEach(function (word) {
        if (now && wide(now + word, size) > room) { lines.push(now.trimEnd()); now = ""; word = word.trimStart(); }
        // A word longer than a line breaks anywhere: a clipped name says less.
        while (wide(word, size) > room && word.length > 1) {
          var n = 1;
          while (n < word.length && wide(word.slice(0, n + 1), size) <= room) n++;
          var soft = /^.*[._\/,:-]/.exec(word.slice(0, n));
          if (soft && soft[0].length > n / 2) n = soft[0].length;
          lines.push(word.slice(0, n));
          word = word.slice(n);
        }
        now += word;
      });
      lines.push(now);
    });
    return lines;
  };
  var cut = function (lines, most) {
    return lines.length > most ? lines.slice(0, most - 1).concat(lines[most - 1].slice(0, -1) + "…") : lines;
  };
  var fold = function (room, most) {
    return function (name) {
      return cut(wrap(name, room, 12), most).join("\n");
    };
  };
  var count = function (axis, room) {
    return Math.max.apply(null, axis.data.map(function (d) { return wrap(d && d.value || d, room, 12).length; }).concat(1));
  };
  // The width of a y axis' labels.
  var labels = function (axis, n) {
    var all = axis.type === "log" || axis.scale ? [] : [0];
    list(option.series).forEach(function (s) {
      if ((s.yAxisIndex || 0) === n) list(s.data).forEach(function (d) {
        var v = (d && d.value || d)[1];
        if (typeof v === "number") all.push(v);
      });
    });
    if (!all.length) all.push(1);
    var scale = echarts.helper.createScale([Math.min.apply(null, all), Math.max.apply(null, all)],
      { type: axis.type, min: axis.min, max: axis.max, splitNumber: axis.splitNumber, logBase: axis.logBase || 10 });
    return Math.max.apply(null, scale.getTicks().map(function (t) { return wide(scale.getLabel(t), 12); }));
  };
  var placed = function (box) {
    return ["top", "bottom", "left", "right", "orient", "x", "y"].some(function (k) { return box[k] != null; });
  };

  // "@text" and the like stand for the theme's colours.
  (function paint(node) {
    for (var k in node) {
      var v = node[k];
      if (v && typeof v === "object") paint(v);
      else if (typeof v === "string" && v[0] === "@" && /color$/i.test(k) && ink[v.slice(1)]) node[k] = ink[v.slice(1)];
    }
  })(option);

  option.textStyle = fill(option.textStyle || {}, { fontFamily: "sans-serif", color: ink.text });
  var y = 0;
  var titles = list(option.title);
  var first = titles[0];
  if (first && first.show !== false && !placed(first)) {
    fill(first, { left: 0, top: 0, padding: 0, itemGap: 5 });
    if (first.text) {
      var head = cut(wrap(first.text, width - 4, 17), 3);
      first.text = head.join("\n");
      y += head.length * 22;
    }
    if (first.subtext) {
      var sub = cut(wrap(first.subtext, width - 4, 12.5), 5);
      first.subtext = sub.join("\n");
      y += sub.length * 17 + 5;
    }
  }
  titles.forEach(function (t) {
    fill(t, { textStyle: { color: ink.text, fontSize: 16, lineHeight: 22 }, subtextStyle: { color: ink.text, fontSize: 12.5, lineHeight: 17 } });
  });

  var names = [];
  list(option.series).forEach(function (s) {
    var per = /^(pie|funnel)$/.test(s.type) ? list(s.data).map(function (d) { return d && d.name; }) : [s.name];
    per.forEach(function (n) { if (n && names.indexOf(n) < 0) names.push(n); });
  });
  list(option.legend).forEach(function (legend) {
    if (legend.data) names = legend.data.map(function (d) { return d.name || d; });
    if (legend.show == null && names.length < 2) legend.show = false;
    fill(legend, { textStyle: { color: ink.text, fontSize: 12 }, inactiveColor: ink.faint, pageTextStyle: { color: ink.text } });
    if (legend.show === false || placed(legend)) return;
    fill(legend, { left: 0, top: y + 8, padding: 0, itemGap: 18, itemWidth: 24, itemHeight: 12, width: width - 4 });
    var rows = 1, x = 0;
    names.forEach(function (n) {
      var w = 24 + 5 + Math.min(wide(n, 12), width - 40) + 18;
      if (x && x + w - 18 > width - 4) { rows++; x = 0; }
      x += w;
    });
    if (!legend.formatter) legend.formatter = function (n) {
      var line = wrap(n, width - 48, 12);
      return line.length > 1 ? line[0] + "…" : n;
    };
    y += 8 + rows * 32 - 16;
  });

  var bottom = 8, rows = 0;
  var ys = list(option.yAxis), xs = list(option.xAxis);
  var left = ys[0], grids = list(option.grid);
  // Charts of one x axis, one below the other: a grid each, placed below.
  var stacked = ys.length > 1 && xs.length === ys.length && grids.length === ys.length && !grids.some(placed);
  var top = y;
  var heads = (stacked ? ys : ys.slice(0, 1)).map(function (axis) {
    if (!axis.name || axis.nameLocation || axis.type === "category" || axis.show === false) return 0;
    // Above the axis, upright: a name on its side is hard to read, Hangul more so.
    var over = cut(wrap(axis.name, width - 4, 12), 2);
    titles.push({ text: over.join("\n"), left: 0, top: y + 8, padding: 0,
      textStyle: { color: ink.text, fontSize: 12, fontWeight: "normal", lineHeight: 16 } });
    delete axis.name;
    y += 8 + over.length * 16;
    return titles[titles.length - 1];
  });
  xs.concat(ys).forEach(function (axis) {
    fill(axis, {
      nameTextStyle: { color: ink.text },
      axisLabel: { color: ink.text, fontSize: 12 },
      axisLine: { lineStyle: { color: ink.faint } },
      axisTick: { lineStyle: { color: ink.faint } },
      minorSplitLine: { lineStyle: { color: ink.rule } },
      splitLine: { lineStyle: { color: ink.rule } },
    });
    if (axis.type !== "category" && !axis.data) fill(axis, { splitNumber: width < 520 ? 3 : 5, axisLabel: { hideOverlap: true } });
  });
  if (left && left.data && left.type === "category") {
    fill(left, { axisLabel: { interval: left.data.length <= 40 ? 0 : null } });
    var room = Math.round(width * 0.36);
    if (left.axisLabel.formatter == null) fill(left.axisLabel, { formatter: fold(room, 3), lineHeight: 14 });
    rows = left.data.length * 14 * Math.max(0, Math.min(3, count(left, room)) - 2);
  }
  var lines = 1, under = xs[stacked ? xs.length - 1 : 0];
  if (under && under.show !== false) {
    if (under.data && under.data.length && under.data.length <= 24) {
      var share = (width - 70) / under.data.length - 6;
      lines = Math.min(4, count(under, share));
      if (share > 30 && under.axisLabel.formatter == null) fill(under.axisLabel, { interval: 0, formatter: fold(share, 4), lineHeight: 15 });
      else lines = 1;
    }
    if (under.name && !under.nameLocation) {
      var below = cut(wrap(under.name, left && left.data ? width * 0.58 : width - 90, 12), 2);
      under.name = below.join("\n");
      fill(under, { nameLocation: "middle", nameGap: 12 + lines * 15, nameTextStyle: { lineHeight: 16, verticalAlign: "top", padding: 0 } });
      bottom += below.length * 16 + 6;
    }
  }
  var foot = bottom;
  if (list(option.dataZoom).some(function (z) { return z.type !== "inside" && z.show !== false; })) foot += 44;
  var tall = Math.round(height + (usual == null ? 0 : Math.max(0, y + bottom + rows - usual)));
  if (stacked) {
    // Labels of different widths must not move the x axes away from each other.
    var margin = 14 + Math.max.apply(null, ys.map(labels)), foothold = 7 + lines * 15, apart = 10;
    var each = (tall - y - foot - foothold - 14 * ys.length - apart * (ys.length - 1)) / ys.length;
    grids.forEach(function (g, i) {
      if (heads[i]) {
        heads[i].top = top + 8;
        top += 8 + heads[i].text.split("\n").length * 16;
      }
      fill(g, { left: margin, right: 28, top: top + 14, height: each });
      top += 14 + each + apart;
      if (i + 1 < grids.length) xs[i].axisLabel.show = false;
    });
  } else if (xs.length || ys.length) {
    if (!option.grid) option.grid = {};
    list(option.grid).forEach(function (g) { if (!placed(g)) fill(g, { left: 4, right: 28, top: y + 14, bottom: foot, containLabel: true }); });
  }
  var spans = option.spans;
  if (spans) {
    // A timeline's spans are pairs of points. What was noted of one stands above it
    // where it fits, and a live chart gets something to point at.
    var beside = Math.max.apply(null, list(left.data).map(function (d) {
      return Math.max.apply(null, wrap(d, Math.round(width * 0.36), 12).map(function (line) { return wide(line, 12); }));
    }).concat(0));
    var plot = width - 4 - beside - 8 - 28, scale = plot / (under.max - under.min);
    var figure = function (v) { return String(parseFloat(v.toPrecision(5))); };
    fill(left, { axisTick: { show: false } });
    fill(under, { splitLine: { showMaxLine: false } });
    option.series.slice(0, spans.series).forEach(function (s) {
      var places = [];
      for (var i = 0; i + 1 < s.data.length; i += 3) {
        var note = s.data[i].name || "", a = s.data[i].value || s.data[i], end = s.data[i + 1][0], line = a[1];
        var long = (end - a[0]) * scale, fits = spans.notes && note !== "" && wide(note, 12) < long;
        if (ink.still && !fits) continue;
        var from = a.length > 2 ? a[2] : a[0], to = a.length > 2 ? a[3] : end;
        places.push({
          name: spans.data[line] + "\n" + s.name + (note && ": " + note) + "\n" + figure(from) + " → " + figure(to) + " " + spans.unit + " (" + figure(to - from) + ")",
          value: [(a[0] + end) / 2, line], symbolSize: [Math.max(long, 6), spans.height], note: note, label: { show: fits },
        });
      }
      option.series.push({
        type: "scatter", name: s.name, data: places, symbol: "rect", itemStyle: { color: "rgba(0,0,0,0)", opacity: 1 },
        z: 3, cursor: "default", emphasis: { disabled: true },
        label: { formatter: function (p) { return p.data.note; }, position: "top", distance: 2 - (spans.height - s.lineStyle.width) / 2, fontSize: 12 },
      });
    });
    list(option.series).forEach(function (s) {
      if (s.markPoint) list(s.markPoint.data).forEach(function (d) { d.name = cut(wrap(d.name, plot - 8, 13), 2).join("\n"); });
    });
  }
  list(option.series).forEach(function (s) {
    if (option.panels) fill(s, { emphasis: { disabled: true, scale: false } }); // it would blow up the ends of intervals
    if (/^(pie|funnel|sankey|tree|treemap|sunburst)$/.test(s.type) && !placed(s)) s.top = y + 8;
    if (s.type === "graph" && option.pixels) {
      // Its nodes have places in pixels of a page of 760; a narrow one brings them
      // nearer to each other in width alone, and 48 at each side are theirs.
      var ends = ["x", "y"].map(function (k) {
        var at = s.data.map(function (d) { return k === "x" ? (d.x = 48 + (d.x - 48) * (width - 96) / 664) : d.y; });
        var lo = Math.min.apply(null, at), hi = Math.max.apply(null, at), pad = lo === hi ? 1 : 0; // ECharts' own
        return [lo - pad, hi - lo + 2 * pad];
      });
      fill(s, { left: ends[0][0], width: ends[0][1], top: y + ends[1][0], height: ends[1][1] });
    }
    if (/^(pie|sankey|tree|graph)$/.test(s.type)) s.label = fill(s.label || {}, { textBorderWidth: 0 });
    if (s.label && !/^inside/.test(s.label.position || "")) fill(s.label, { color: ink.text });
    if (s.markPoint) fill(s.markPoint, { label: { color: ink.text } });
    if (s.markLine) fill(s.markLine, { label: { color: ink.text } });
  });
  list(option.visualMap).forEach(function (v) { fill(v, { textStyle: { color: ink.text } }); });
  list(option.dataZoom).forEach(function (z) { fill(z, { textStyle: { color: ink.text } }); });
  var panels = option.panels;
  list(option.tooltip).forEach(function (t) {
    // All figures of panels at one place of the x axis.
    if (panels) t.formatter = function (all) {
      var html = echarts.format.encodeHTML, now = -1, seen = {}, said = [html(panels.x + " = " + all[0].axisValueLabel)];
      all.slice().sort(function (a, b) { return a.axisIndex - b.axisIndex || a.seriesIndex - b.seriesIndex; }).forEach(function (p) {
        var v = (p.data.value || p.data)[1], key = p.axisIndex + p.seriesName;
        if (typeof v !== "number" || seen[key]) return; // of an interval
        seen[key] = true;
        if (p.axisIndex !== now && panels.y.length > 1) said.push("<b>" + html(panels.y[p.axisIndex]) + "</b>");
        now = p.axisIndex;
        said.push(p.marker + html(p.seriesName + ": " + (p.data.name || echarts.format.addCommas(+v.toPrecision(4)))));
      });
      return said.join("\n");
    };
    fill(t, { confine: true, backgroundColor: ink.ground, borderColor: ink.faint, textStyle: { color: ink.text, fontSize: 12 },
      extraCssText: "white-space:pre-line;max-width:340px" });
  });
  if (titles.length) option.title = titles;
  return { option: option, used: y + bottom + rows, height: tall };
})
