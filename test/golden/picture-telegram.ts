const STYLE = `
body { margin: 0; background: #d5e0c5; font: 15px/1.4 Roboto, "Noto Sans", Arial, sans-serif; color: #000; padding: 8px; }
.bubble { background: #fff; border-radius: 12px; padding: 8px 12px; max-width: 480px; white-space: pre-wrap; overflow-wrap: anywhere; }
.keys { max-width: 504px; margin-top: 4px; } .row { display: flex; gap: 4px; margin-bottom: 4px; }
.key { flex: 1; background: rgba(90,120,60,.55); color: #fff; text-align: center; border-radius: 8px; padding: 8px 4px; font-size: 14px; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.key.danger { background: #d14e4e; } .key.primary { background: #3390ec; }
pre { font: 13px/1.4 "Roboto Mono", "DejaVu Sans Mono", monospace; background: #eef3e8; border-left: 3px solid #6a9; border-radius: 6px; padding: 6px 8px; margin: 2px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: #2678b6; text-decoration: none; }`;

const key = (_: string, label: string, style: string | undefined): string =>
  `<div class="key ${style ?? ''}">${label.replaceAll('<', '&lt;')}</div>`;

const row = (line: string): string =>
  `<div class="row">${line.replaceAll(/\[(.*?)(?: \((primary|danger)\))? → [^\]]*\] ?/g, key)}</div>`;

/** A page that shows a golden file (HTML and keyboard) about as Telegram does. */
export function telegramPage(golden: string): string {
  const [html = '', keyboard = ''] = golden.split('\n<!-- keyboard\n');
  const rows = keyboard
    .replace(/\n?-->\s*$/, '')
    .split('\n')
    .filter((line) => line !== '')
    .map(row);
  // A block of code brings its own line breaks.
  const text = html.trimEnd().replaceAll(/\n?(<pre>[\s\S]*?<\/pre>)\n?/g, '$1');
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div class="bubble">${text}</div><div class="keys">${rows.join('')}</div>`;
}
