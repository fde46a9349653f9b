import { inLanguages, mayBeBilingual } from './bilingual.ts';
import { afterPaint } from './paint.ts';
import type { Reader } from './reader.ts';

/** The part of ECharts' instances that is used here. */
interface Chart {
  setOption(option: unknown, ...rest: unknown[]): void;
  clear(): void;
  getDom(): HTMLElement;
  isDisposed(): boolean;
}
interface Library { init?: (...args: unknown[]) => Chart }

/** What the charts' own script keeps for the page: see helpers/chart/live.js. */
interface Charts {
  lib: Library;
  open: Set<() => void>;
  /** Called with a chart's options before it is laid out. */
  speak?: (option: unknown) => unknown;
}

/** Has the live charts of all notebooks show their labels in the reader's languages. */
export function labelCharts(reader: Reader): void {
  const translate = (value: unknown): unknown => inChart(value, reader.languages);
  const drawn = new Map<Chart, () => void>(); // and what draws each anew
  const take = (charts: Charts): void => {
    charts.speak = translate;
    // A chart is drawn by a function that is noted as open just before.
    let last: (() => void) | null = null;
    const add = charts.open.add.bind(charts.open);
    charts.open.add = draw => {
      last = draw;
      return add(draw);
    };
    const wrap = (init: (...args: unknown[]) => Chart) => (...args: unknown[]): Chart => {
      const chart = init(...args);
      const set = chart.setOption.bind(chart);
      chart.setOption = (option, ...rest) => {
        if (last) drawn.set(chart, last);
        last = null;
        // Charts that were saved before speak was asked for.
        set(translate(option), ...rest);
        label(chart);
      };
      return chart;
    };
    whenSet<Charts['lib'], 'init'>(charts.lib, 'init', wrap);
  };
  const label = (chart: Chart): void => {
    const stage = chart.getDom();
    const said = stage.getAttribute('aria-label');
    if (said === null) return;
    stage.dataset['ilLabel'] ??= said;
    stage.setAttribute('aria-label', inLanguages(stage.dataset['ilLabel'], reader.languages));
  };
  const page = window as { interleaveCharts?: Charts };
  whenSet<typeof page, 'interleaveCharts'>(page, 'interleaveCharts', charts => {
    take(charts);
    return charts;
  });

  let language = reader.language, turn = 0;
  reader.changed.connect(() => {
    if (language === reader.language) return;
    language = reader.language;
    const near: (() => void)[] = [], far: (() => void)[] = [];
    for (const [chart, draw] of drawn) {
      if (chart.isDisposed()) {
        drawn.delete(chart);
        continue;
      }
      const again = (): void => {
        if (chart.isDisposed()) return;
        chart.clear(); // series are told apart by their names, which are others now
        draw();
      };
      const { top, bottom, height } = chart.getDom().getBoundingClientRect();
      (height > 0 && bottom > 0 && top < window.innerHeight ? near : far).push(again);
    }
    // What is seen right after the text; the rest when there is time, and only for the
    // last choice.
    const mine = ++turn;
    const next = (): void => {
      const again = mine === turn ? far.shift() : undefined;
      if (!again) return;
      again();
      requestIdleCallback(next);
    };
    afterPaint(() => {
      near.forEach(again => { again(); });
      requestIdleCallback(next);
    });
  });
}

/** Replaces a property's value by what a function makes of it, now or when it is set. */
function whenSet<T extends object, K extends keyof T>(
  on: T, key: K, make: (value: NonNullable<T[K]>) => NonNullable<T[K]>,
): void {
  const now = on[key];
  if (now !== undefined && now !== null) {
    on[key] = make(now);
    return;
  }
  Object.defineProperty(on, key, {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set: (value: NonNullable<T[K]>) => {
      // Before make runs: it may look the value up.
      Object.defineProperty(on, key, { configurable: true, enumerable: true, writable: true, value });
      on[key] = make(value);
    },
  });
}

/** Returns a chart's options with all labels in these languages. */
export function inChart(value: unknown, languages: readonly string[]): unknown {
  if (languages.length > 1) return value;
  if (typeof value === 'string') return mayBeBilingual(value) ? oneLanguage(value, languages) : value;
  if (Array.isArray(value)) {
    // Points, by the thousand.
    return value.every(v => typeof v === 'number') ? value : value.map(v => inChart(v, languages));
  }
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inChart(v, languages)]));
  }
  return value;
}

/** Returns a label in one language; one that was broken into lines to fit, whole. */
function oneLanguage(label: string, languages: readonly string[]): string {
  const whole = label.replace(/\n/g, ' ');
  const now = inLanguages(whole, languages);
  return now === whole ? inLanguages(label, languages) : now;
}
