import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import { interfaceLanguage, say, type Interface, type Word } from './words.ts';

/** What the reader has chosen, as JupyterLab keeps it in its settings. */
export class Reader {
  /** Emitted when the reader has chosen something else. */
  readonly changed = new Signal<this, void>(this);
  language = 'both';
  pairs = false;
  /** Whether the language is the reader's own choice, and not where the lab starts. */
  hasChosen = false;

  constructor(private settings: ISettingRegistry.ISettings | null, private menus: string) {
    settings?.changed.connect(() => { this.take(); });
    this.take();
  }

  /** The languages of the cells that are shown: a translation stands in the English ones. */
  get languages(): readonly string[] {
    return this.language === 'both' ? ['ko', 'en'] : [this.translated ? 'en' : this.language];
  }

  /** Whether the reader reads a translation. */
  get translated(): boolean {
    return !['both', 'ko', 'en'].includes(this.language);
  }

  /** The language of the extension's own words. */
  get speaks(): Interface {
    return interfaceLanguage(this.language, this.menus);
  }

  say(word: Word, ...args: (string | number)[]): string {
    return say(this.speaks, word, ...args);
  }

  /** Chooses, at once on the page and then in the settings. */
  choose(choice: Partial<Pick<Reader, 'language' | 'pairs'>>): void {
    Object.assign(this, choice);
    this.hasChosen ||= choice.language !== undefined;
    this.changed.emit();
    for (const [key, value] of Object.entries(choice)) {
      this.settings?.set(key, value).catch((reason: unknown) => {
        console.warn('interleave: the choice was not kept:', reason);
      });
    }
  }

  private take(): void {
    const language = this.settings?.get('language').composite;
    this.hasChosen ||= this.settings?.get('language').user !== undefined;
    const pairs = this.settings?.get('pairs').composite;
    if (typeof language === 'string' && language !== this.language ||
      typeof pairs === 'boolean' && pairs !== this.pairs) {
      if (typeof language === 'string') this.language = language;
      if (typeof pairs === 'boolean') this.pairs = pairs;
      this.changed.emit();
    }
  }
}
