import { Printing } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { inLanguages, mayBeBilingual } from './bilingual.ts';
import type { Lesson } from './lesson.ts';

/**
 * Has a lesson printed in the languages that the page shows. JupyterLab prints what its
 * server makes of the saved notebook; from that, what is hidden here is left out.
 */
export function printAsShown(lesson: Lesson): void {
  const { panel } = lesson;
  panel[Printing.symbol] = () => async () => {
    const { model, path } = panel.context;
    if (model.dirty && !model.readOnly) await panel.context.save();
    const settings = ServerConnection.makeSettings({
      fetch: async (request: RequestInfo, init?: RequestInit) => {
        const answer = await fetch(request, init);
        return new Response(asShown(await answer.text(), lesson), { status: answer.status });
      },
    });
    await Printing.printURL(PageConfig.getNBConvertURL({ format: 'html', download: false, path }), settings);
  };
}

function asShown(html: string, lesson: Lesson): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const cell of lesson.panel.content.widgets) {
    const printed = page.getElementById(`cell-id=${cell.model.id}`);
    if (!printed) continue;
    if (!lesson.shows(cell)) printed.remove();
    const translation = cell.node.querySelector('.il-translation');
    const text = printed.querySelector('.jp-MarkdownOutput');
    if (translation && text) text.innerHTML = translation.innerHTML;
  }
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const parent = node.parentElement;
    if (mayBeBilingual(node.data) && parent?.closest('.jp-OutputArea, .jp-OutputArea-output') &&
      !parent.closest('script')) {
      node.data = inLanguages(node.data, lesson.reader.languages);
    }
  }
  return `<!DOCTYPE html>${page.documentElement.outerHTML}`;
}
