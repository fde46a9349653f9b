import { PageConfig, URLExt } from '@jupyterlab/coreutils';

/** A notebook as the project made it: see kernel-setup/lessons.go. */
export interface Shipped {
  readonly sources: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, number>>;
  readonly solutions?: Readonly<Record<string, string>>;
  readonly translations?: Readonly<Record<string, number>>;
}

const read = new Map<string, Promise<unknown>>();

/** Returns what is known of the notebook with that file name, or null. */
export async function shipped(path: string): Promise<Shipped | null> {
  const name = nameOf(path);
  const known = await get('index.json') as string[] | null;
  return known?.includes(name) ? get(`${name}.json`) as Promise<Shipped | null> : null;
}

/** Returns a notebook's prose in a third language, by the ids of the English cells. */
export async function prose(path: string, language: string): Promise<Readonly<Record<string, string>>> {
  const translations = (await shipped(path))?.translations ?? {};
  if (!(language in translations)) return {};
  return (await get(`${nameOf(path)}.${language}.json`) ?? {}) as Record<string, string>;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ipynb$/, '');
}

/** Reads one of the files beside the extension, once. */
function get(name: string): Promise<unknown> {
  let content = read.get(name);
  if (!content) {
    const extensions = PageConfig.getOption('fullLabextensionsUrl');
    const url = URLExt.join(extensions, 'interleave-page', 'static', 'lessons', encodeURIComponent(name));
    content = fetch(url).then(answer => answer.ok ? answer.json() as Promise<unknown> : null).catch(() => null);
    read.set(name, content);
  }
  return content;
}
