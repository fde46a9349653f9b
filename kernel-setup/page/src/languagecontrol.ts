import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { Reader } from './reader.ts';
import type { Shipped } from './shipped.ts';

/** A control of the toolbar that shows what the reader has chosen. */
abstract class Control extends Widget {
  constructor(protected reader: Reader) {
    super();
    this.addClass('il-languages');
  }

  /** Shows the choice as it is now. */
  abstract fill(): void;

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.reader.changed.connect(this.fill, this);
    this.fill();
  }

  protected override onBeforeDetach(msg: Message): void {
    this.reader.changed.disconnect(this.fill, this);
    super.onBeforeDetach(msg);
  }
}

/** The toolbar's control: 한국어 | English | both, and each translation. */
export class LanguageControl extends Control {
  private translations: Shipped['translations'] = {};

  constructor(reader: Reader, private isLesson: () => boolean) {
    super(reader);
    this.node.setAttribute('role', 'group');
    this.fill();
  }

  /** Offers translations too, each with its share done. */
  offer(translations: Shipped['translations']): void {
    this.translations = translations;
    this.fill();
  }

  override fill(): void {
    const { reader, node } = this;
    this.setHidden(!this.isLesson());
    node.setAttribute('aria-label', reader.say('languages'));
    const choices: [string, string, string][] = [
      ['ko', '한국어', reader.say('koTitle')],
      ['en', 'English', reader.say('enTitle')],
      ['both', reader.say('both'), reader.say('bothTitle')],
    ];
    for (const [language, share] of Object.entries(this.translations ?? {})) {
      if (share === 0 && reader.language !== language) continue; // nothing to offer yet
      const name = new Intl.DisplayNames([language], { type: 'language' }).of(language.replace('_', '-')) ?? language;
      const percent = Math.floor(share * 100);
      choices.push([language, `${name} ${percent}%`, reader.say('translationTitle', name, percent)]);
    }
    choices.forEach(([language, text, title], i) => {
      let button = node.children[i] as HTMLButtonElement | undefined;
      if (!button) {
        button = document.createElement('button');
        button.type = 'button';
        const pressed = button;
        button.addEventListener('click', () => { reader.choose({ language: pressed.dataset['ilLanguage'] ?? 'both' }); });
        node.append(button);
      }
      button.dataset['ilLanguage'] = language;
      button.textContent = text;
      button.title = title;
      if (language !== 'both') button.lang = language;
      button.setAttribute('aria-pressed', String(reader.language === language));
    });
    while (node.children.length > choices.length) node.lastElementChild?.remove();
  }
}

/** The toolbar's switch that sets Python and Go side by side. */
export class PairsControl extends Control {
  private button = document.createElement('button');

  constructor(reader: Reader, private isUseful: () => boolean) {
    super(reader);
    this.button.type = 'button';
    this.button.addEventListener('click', () => { reader.choose({ pairs: !reader.pairs }); });
    this.node.append(this.button);
    this.fill();
  }

  override fill(): void {
    const { reader, button } = this;
    this.setHidden(!this.isUseful());
    button.textContent = reader.say('pairs');
    button.title = reader.say('pairsTitle');
    button.setAttribute('aria-pressed', String(reader.pairs));
  }
}
