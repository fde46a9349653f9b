// What webpack would make of an extension: JupyterLab calls init with what its page
// shares, then get for the extension itself. Before ours runs, all that it requires has
// been loaded, so that its imports are plain look-ups.
(() => {
  const names = SHARED;
  let scope;
  const load = async name => {
    const versions = Object.values(scope[name] ?? {});
    const version = versions.find(v => v.loaded) ?? versions[0];
    if (!version) throw new Error(`${NAME}: this JupyterLab does not share ${name}`);
    return [name, (await version.get())()];
  };
  (window._JUPYTERLAB ??= {})[NAME] = {
    init(shared) { scope = shared; },
    async get() {
      const loaded = new Map(await Promise.all(names.map(load)));
      const module = { exports: {} };
      ((require, module, exports) => {
CODE
      })(name => loaded.get(name), module, module.exports);
      return () => module.exports;
    }
  };
})();
