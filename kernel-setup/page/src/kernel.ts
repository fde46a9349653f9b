import type { Kernel } from '@jupyterlab/services';
import type { Lesson } from './lesson.ts';

/**
 * Tells a lesson's kernel the reader's language, for what runs next: cells read it from
 * their environment. The request is a silent one outside of the history, so that no
 * cell's number changes; behind cells that are waiting it takes its turn.
 */
export function tellKernel(lesson: Lesson): void {
  const { panel: { sessionContext }, reader } = lesson;
  let told = ''; // which kernel, and what
  const tell = (): void => {
    const kernel = sessionContext.session?.kernel;
    // What the lab was started with is in the kernel's environment already.
    if (!reader.hasChosen || !kernel || lesson.panel.isDisposed || !ready(kernel)) return;
    const language = reader.language === 'both' ? '' : reader.language;
    if (told === kernel.id + language || kernel.name !== 'gonb') return;
    told = kernel.id + language;
    kernel.requestExecute({
      code: `%env INTERLEAVE_LANG=${language}`,
      silent: true, store_history: false, allow_stdin: false, stop_on_error: false,
    }, true).done.catch(() => { told = ''; }); // the kernel was restarted meanwhile
  };
  sessionContext.kernelChanged.connect(tell);
  sessionContext.statusChanged.connect((_, status) => {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') told = '';
    else tell();
  });
  reader.changed.connect(tell);
  lesson.panel.disposed.connect(() => { reader.changed.disconnect(tell); });
  tell();
}

function ready(kernel: Kernel.IKernelConnection): boolean {
  return kernel.connectionStatus === 'connected' && (kernel.status === 'idle' || kernel.status === 'busy');
}
