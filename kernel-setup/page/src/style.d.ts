/** The extension's style sheet, which the bundle has within it. */
declare const STYLE: string;
