import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ISearchProviderRegistry } from '@jupyterlab/documentsearch';
import { IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { ITableOfContentsTracker } from '@jupyterlab/toc';
import { ITranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { keepClean } from './calm.ts';
import { labelCharts } from './charts.ts';
import { Code, markMagic, PythonWords } from './code.ts';
import { tellKernel } from './kernel.ts';
import { LanguageControl, PairsControl } from './languagecontrol.ts';
import { isLesson, Lesson } from './lesson.ts';
import { Marks } from './marks.ts';
import { Session } from './session.ts';
import { Notes } from './notes.ts';
import { Outputs } from './outputs.ts';
import { followInOutline, refreshOutline } from './outline.ts';
import { printAsShown } from './print.ts';
import { Reader } from './reader.ts';
import { followInSearch } from './search.ts';
import { shipped } from './shipped.ts';
import { StepsPanel } from './stepspanel.ts';
import { Translations } from './translations.ts';
import { countRows } from './windowing.ts';

const id = 'interleave-page:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id,
  description: "Lays out the lab's lessons: languages, code, what is whose.",
  autoStart: true,
  requires: [INotebookTracker, ISettingRegistry],
  optional: [IToolbarWidgetRegistry, ITranslator, IEditorExtensionRegistry, ICompletionProviderManager,
    ITableOfContentsTracker, ISearchProviderRegistry, ILayoutRestorer],
  async activate(
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    registry: ISettingRegistry,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null,
    editors: IEditorExtensionRegistry | null,
    completer: ICompletionProviderManager | null,
    outlines: ITableOfContentsTracker | null,
    searches: ISearchProviderRegistry | null,
    restorer: ILayoutRestorer | null,
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
    const opened = new Signal<typeof plugin, Lesson>(plugin);
    const lessons = new WeakMap<object, Lesson>();
    const marks = new WeakMap<object, Marks>();
    const steps = new StepsPanel(reader);
    app.shell.add(steps, 'left', { rank: 350 });
    restorer?.add(steps, 'interleave-steps');
    const listSteps = (): void => {
      const panel = tracker.currentWidget;
      steps.list(panel && lessonOf(panel) || null, panel && marks.get(panel) || null);
    };
    tracker.currentChanged.connect(listSteps);
    const lessonOf = (panel: object): Lesson | undefined => lessons.get(panel);
    followInOutline(lessonOf);
    if (searches) void app.restored.then(() => { followInSearch(lessonOf, searches); });

    toolbars?.addFactory<NotebookPanel>('Notebook', 'interleave-language', panel => {
      const control = new LanguageControl(reader, () => isLesson(panel));
      void panel.context.ready.then(async () => { control.offer((await shipped(panel.context.path))?.translations); });
      return control;
    });
    toolbars?.addFactory<NotebookPanel>('Notebook', 'interleave-pairs', panel => {
      const control = new PairsControl(reader, () => lessonOf(panel)?.hasPairs ?? false);
      opened.connect(control.fill, control);
      return control;
    });
    const open = (panel: NotebookPanel): void => {
      keepClean(panel);
      void panel.context.ready.then(() => {
        if (panel.isDisposed || !isLesson(panel)) return;
        const lesson = new Lesson(panel, reader);
        lessons.set(panel, lesson);
        opened.emit(lesson);
        countRows(lesson);
        tellKernel(lesson);
        new Code(lesson);
        new Outputs(lesson);
        new Translations(lesson);
        new Notes(lesson);
        printAsShown(lesson);
        void shipped(panel.context.path).then(made => {
          if (made && !panel.isDisposed) marks.set(panel, new Marks(lesson, new Session(lesson), made));
          listSteps();
        });
        lesson.changed.connect(() => { refreshOutline(lesson, outlines); });
        refreshOutline(lesson, outlines);
      });
    };
    tracker.forEach(open);
    tracker.widgetAdded.connect((_, panel) => { open(panel); });
  },
};

export default plugin;
