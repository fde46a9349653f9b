import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import type { Reader } from './reader.ts';

/** The toolbar's control: 한국어 | English | both, and each translation. */
export class LanguageControl extends Widget {
  constructor(private reader: Reader, private isLesson: () => boolean) {
    super();
    this.addClass('il-languages');
    this.node.setAttribute('role', 'group');
    this.fill();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.reader.changed.connect(this.fill, this);
    this.fill();
  }

  protected override onBeforeDetach(msg: Message): void {
    this.reader.changed.disconnect(this.fill, this);
    super.onBeforeDetach(msg);
  }

  fill(): void {
    const { reader, node } = this;
    this.setHidden(!this.isLesson());
    node.setAttribute('aria-label', reader.say('languages'));
    const choices: [string, string, string][] = [
      ['ko', '한국어', reader.say('koTitle')],
      ['en', 'English', reader.say('enTitle')],
      ['both', reader.say('both'), reader.say('bothTitle')],
    ];
    choices.forEach(([language, text, title], i) => {
      let button = node.children[i] as HTMLButtonElement | undefined;
      if (!button) {
        button = document.createElement('button');
        button.type = 'button';
        button.addEventListener('click', () => { reader.choose({ language }); });
        node.append(button);
      }
      button.textContent = text;
      button.title = title;
      if (language === 'ko' || language === 'en') button.lang = language;
      button.setAttribute('aria-pressed', String(reader.language === language));
    });
  }
}
