// What ECharts expects of its host and finds in no bare engine. Runs before it.
globalThis.setTimeout = function () { return 0; };
globalThis.clearTimeout = function () {};
globalThis.console = { log() {}, warn() {}, error() {} };
// Force layouts and word clouds start from random places: always the same ones,
// so that equal options give equal pictures.
Math.random = (function (seed) {
  return function () {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
})(54);
