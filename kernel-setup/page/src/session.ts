import { NotebookActions, type Notebook } from '@jupyterlab/notebook';
import type { Cell } from '@jupyterlab/cells';
import { Signal } from '@lumino/signaling';
import { hash } from './hash.ts';
import type { Lesson } from './lesson.ts';

/** What a kernel has run since it was started, also from before the page was reloaded. */
export class Session {
  readonly changed = new Signal<this, void>(this);
  private scheduled = new WeakMap<Cell, number>();

  constructor(private lesson: Lesson) {
    const { content, sessionContext } = lesson.panel;
    const scheduled = (_: unknown, { notebook, cell }: { notebook: Notebook; cell: Cell }): void => {
      if (notebook === content) this.scheduled.set(cell, this.code(cell));
    };
    const executed = (_: unknown, { notebook, cell }: { notebook: Notebook; cell: Cell }): void => {
      if (notebook !== content) return;
      this.note({ ...this.ran(), [cell.model.id]: this.scheduled.get(cell) ?? this.code(cell) });
    };
    NotebookActions.executionScheduled.connect(scheduled);
    NotebookActions.executed.connect(executed);
    sessionContext.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') this.note({});
    });
    sessionContext.kernelChanged.connect(() => { this.changed.emit(); });
    lesson.panel.disposed.connect(() => {
      NotebookActions.executionScheduled.disconnect(scheduled);
      NotebookActions.executed.disconnect(executed);
      Signal.clearData(this);
    });
  }

  /** Tells whether a cell was run by this kernel, and with the code that it has now. */
  state(cell: Cell): 'not run' | 'run' | 'changed since' {
    const ran = this.ran()[cell.model.id];
    if (ran === undefined) return 'not run';
    return ran === this.code(cell) ? 'run' : 'changed since';
  }

  private code(cell: Cell): number {
    return hash(this.lesson.codeOf(cell));
  }

  private get key(): string {
    return `interleave:ran:${this.lesson.panel.sessionContext.session?.kernel?.id ?? ''}`;
  }

  private ran(): Record<string, number> {
    return JSON.parse(sessionStorage.getItem(this.key) ?? '{}') as Record<string, number>;
  }

  private note(ran: Record<string, number>): void {
    sessionStorage.setItem(this.key, JSON.stringify(ran));
    this.changed.emit();
  }
}
