import type { WindowedListModel } from '@jupyterlab/ui-components';
import type { Lesson } from './lesson.ts';

/** The width in pixels from which prose stands side by side, and code: as in style.css. */
const wide = { prose: 900, code: 1150 };

/**
 * Has JupyterLab reckon with rows. In its mode "full" only what is in sight is on the
 * page, and where that is follows from the heights of all cells, one below the other. Of
 * two side by side the first counts as high as the row, and the second for nothing; so
 * does what is hidden.
 */
export function countRows(lesson: Lesson): void {
  const { content } = lesson.panel;
  const model = (content as unknown as { viewModel: WindowedListModel }).viewModel;
  const measured = new Map<string, number>();
  const estimate = model.estimateWidgetSize;
  const height = (index: number): number => {
    const cell = content.widgets[index];
    if (!cell || cell.isHidden) return 0;
    return measured.get(cell.model.id) ?? estimate(index);
  };
  const inRow = (index: number): number => {
    const cell = content.widgets[index];
    if (content.outerNode.clientWidth < (cell?.model.type === 'code' ? wide.code : wide.prose)) return height(index);
    switch (lesson.column(index)) {
      case 'left': return Math.max(height(index), height(index + 1));
      case 'right': return 0;
      default: return height(index);
    }
  };
  const set = model.setWidgetSize.bind(model);
  const setRows = (indices: Iterable<number>): boolean =>
    set([...indices].map(index => ({ index, size: inRow(index) })));

  model.estimateWidgetSize = inRow;
  model.setWidgetSize = sizes => {
    const rows = new Set<number>();
    for (const { index, size } of sizes) {
      const cell = content.widgets[index];
      if (!cell) continue;
      if (!cell.isHidden) measured.set(cell.model.id, size);
      rows.add(index);
      if (lesson.column(index) === 'left') rows.add(index + 1);
      if (lesson.column(index) === 'right') rows.add(index - 1);
    }
    return rows.size > 0 && setRows(rows);
  };
  // A row is on the page as a whole or not at all.
  const range = model.getRangeToRender.bind(model);
  model.getRangeToRender = options => {
    const found = range(options);
    if (!found) return found;
    const [start, stop, first, last] = found;
    const from = lesson.column(start) === 'right' ? start - 1 : start;
    const to = lesson.column(stop) === 'left' ? stop + 1 : stop;
    return [from, to, first, last];
  };
  lesson.laidOut.connect(() => {
    // A note beside a step would be higher than what is counted.
    content.toggleClass('il-windowed', model.windowingActive);
    if (!model.windowingActive) return;
    setRows(content.widgets.keys());
    content.update();
  });
}
