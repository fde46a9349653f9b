import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { ITranslator } from '@jupyterlab/translation';
import { keepClean } from './calm.ts';
import { labelCharts } from './charts.ts';
import { Code, markMagic, PythonWords } from './code.ts';
import { tellKernel } from './kernel.ts';
import { LanguageControl } from './languagecontrol.ts';
import { isLesson, Lesson } from './lesson.ts';
import { Outputs } from './outputs.ts';
import { Reader } from './reader.ts';

const id = 'interleave-page:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id,
  description: "Lays out the lab's lessons: languages, code, what is whose.",
  autoStart: true,
  requires: [INotebookTracker, ISettingRegistry],
  optional: [IToolbarWidgetRegistry, ITranslator, IEditorExtensionRegistry, ICompletionProviderManager],
  async activate(
    _app: JupyterFrontEnd,
    tracker: INotebookTracker,
    registry: ISettingRegistry,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null,
    editors: IEditorExtensionRegistry | null,
    completer: ICompletionProviderManager | null,
  ) {
    const style = document.createElement('style');
    style.textContent = STYLE;
    document.head.append(style);

    const settings = await registry.load(id).catch((reason: unknown) => {
      console.warn('interleave: the settings were not read:', reason);
      return null;
    });
    const reader = new Reader(settings, translator?.languageCode ?? navigator.language);
    labelCharts(reader);
    if (editors) markMagic(editors);
    completer?.registerProvider(new PythonWords());
    const lessons = new WeakMap<NotebookPanel, Lesson>();

    toolbars?.addFactory<NotebookPanel>('Notebook', 'interleave-language', panel => {
      const control = new LanguageControl(reader, () => isLesson(panel));
      void panel.context.ready.then(() => { control.fill(); });
      return control;
    });
    const open = (panel: NotebookPanel): void => {
      keepClean(panel);
      void panel.context.ready.then(() => {
        if (panel.isDisposed || !isLesson(panel)) return;
        const lesson = new Lesson(panel, reader);
        lessons.set(panel, lesson);
        tellKernel(lesson);
        new Code(lesson);
        new Outputs(lesson);
      });
    };
    tracker.forEach(open);
    tracker.widgetAdded.connect((_, panel) => { open(panel); });
  },
};

export default plugin;
