// Takes what the output of that name showed so far into the element that replaces
// it, in the same moment, so that nothing flickers. Where nothing was shown yet, it
// keeps the height in pixels free.
(function (output, height, box) {
  if (!box) return;
  var still = box.querySelector("img,p");
  var view = ((window.interleaveLive || {})[output] || []).find(function (v) { return !v.box.isConnected; });
  if (!view) {
    if (still.tagName === "P") box.style.minHeight = height + "px";
    return;
  }
  view.leave();
  view.box = box;
  box.insertBefore(view.stage, box.firstChild);
  still.style.display = "none";
})
