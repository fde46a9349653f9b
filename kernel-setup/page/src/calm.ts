import type { NotebookPanel } from '@jupyterlab/notebook';

/**
 * Keeps a notebook from being marked as changed by opening it. JupyterLab notes in it
 * which kernel it runs on, to the version, and so makes every notebook differ that was
 * saved elsewhere; autosave then writes it, or asks whose changes to keep. What is the
 * same kernel and the same language is left as it stands in the file.
 */
export function keepClean(panel: NotebookPanel): void {
  const model = panel.model;
  if (!model) return;
  const write = model.setMetadata.bind(model);
  model.setMetadata = (key: string, value: unknown): void => {
    if (key === 'language_info' || key === 'kernelspec') {
      const [was, is] = [model.getMetadata(key), value] as ({ name?: string } | undefined)[];
      if (was?.name && was.name === is?.name) return;
    }
    write(key, value);
  };
}
