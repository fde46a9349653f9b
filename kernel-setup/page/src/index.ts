import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import { keepClean } from './calm.ts';
import { LanguageControl } from './languagecontrol.ts';
import { isLesson, Lesson } from './lesson.ts';
import { Reader } from './reader.ts';

const id = 'interleave-page:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id,
  description: "Lays out the lab's lessons: languages, code, what is whose.",
  autoStart: true,
  requires: [INotebookTracker, ISettingRegistry],
  optional: [IToolbarWidgetRegistry, ITranslator],
  async activate(
    _app: JupyterFrontEnd,
    tracker: INotebookTracker,
    registry: ISettingRegistry,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null,
  ) {
    const style = document.createElement('style');
    style.textContent = STYLE;
    document.head.append(style);

    const settings = await registry.load(id).catch((reason: unknown) => {
      console.warn('interleave: the settings were not read:', reason);
      return null;
    });
    const reader = new Reader(settings, translator?.languageCode ?? navigator.language);
    const lessons = new WeakMap<NotebookPanel, Lesson>();

    toolbars?.addFactory<NotebookPanel>('Notebook', 'interleave-language', panel => {
      const control = new LanguageControl(reader, () => isLesson(panel));
      void panel.context.ready.then(() => { control.fill(); });
      return control;
    });
    const open = (panel: NotebookPanel): void => {
      keepClean(panel);
      void panel.context.ready.then(() => {
        if (!panel.isDisposed && isLesson(panel)) lessons.set(panel, new Lesson(panel, reader));
      });
    };
    tracker.forEach(open);
    tracker.widgetAdded.connect((_, panel) => { open(panel); });
  },
};

export default plugin;
