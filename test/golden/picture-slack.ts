import { z } from 'zod';

const TEXT = z.looseObject({ type: z.string(), text: z.string() });
type Text = z.infer<typeof TEXT>;

const ELEMENT = z.looseObject({
  type: z.string(),
  text: z.union([TEXT, z.string()]).optional(),
  style: z.string().optional(),
  placeholder: TEXT.optional(),
  initial_value: z.string().optional(),
  options: z.array(z.looseObject({ text: TEXT })).optional(),
});
type Element = z.infer<typeof ELEMENT>;

const BLOCK = z.looseObject({
  type: z.string(),
  text: TEXT.optional(),
  fields: z.array(TEXT).optional(),
  elements: z.array(ELEMENT).optional(),
  element: ELEMENT.optional(),
  accessory: ELEMENT.optional(),
  label: TEXT.optional(),
  hint: TEXT.optional(),
  optional: z.boolean().optional(),
});
type Block = z.infer<typeof BLOCK>;

/** A golden file: a message, a home tab or a modal. */
const LOOK = z.looseObject({
  type: z.string().optional(),
  title: TEXT.optional(),
  submit: TEXT.optional(),
  close: TEXT.optional(),
  blocks: z.array(BLOCK),
});

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const inline = (text: string): string =>
  text
    .replace(/&lt;!date\^\d+\^[^|]*\|([^&]*)&gt;/g, '$1')
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .replace(/<@(\w+)>/g, '<a class="mention">@$1</a>')
    .replace(/<(https?:[^>|]*)(?:\|([^>]*))?>/g, (_, url: string, name?: string) => `<a>${name ?? url}</a>`)
    .replace(/(^|[\s(])\*([^*\n\u200b][^*\n]*)\*(?=$|[\s).,:·])/gm, '$1<b>$2</b>')
    .replace(/(^|[\s(])_([^_\n\u200b][^_\n]*)_(?=$|[\s).,:·])/gm, '$1<i>$2</i>')
    .replace(/`([^`\n\u200b]+)`/g, '<code>$1</code>')
    .replaceAll('\n', '<br>');

const mrkdwn = (text: string): string =>
  text
    .split('```')
    .map((piece, index) =>
      index % 2 === 1 ? `<pre>${piece.replace(/^\n|\n$/g, '')}</pre>` : inline(piece.replace(/\n$/, '')),
    )
    .join('');

const shown = ({ type, text }: Text): string =>
  type === 'mrkdwn' ? mrkdwn(text) : escaped(text).replaceAll('\n', '<br>');

const words = (text: Text | string | undefined): string => {
  if (text === undefined) return '';
  return typeof text === 'string' ? mrkdwn(text) : shown(text);
};

const choices = ({ options = [] }: Element): string =>
  options.map(({ text }) => `<div class="choice">◯ ${shown(text)}</div>`).join('');

const element = (one: Element): string => {
  if (one.type === 'button') return `<button class="${one.style ?? ''}">${words(one.text)}</button>`;
  if (one.type === 'radio_buttons' || one.type === 'checkboxes') return choices(one);
  if (one.type.includes('select'))
    return `<span class="select">${words(one.placeholder) || 'Select'} ▾</span>`;
  if (one.type.includes('input'))
    return `<span class="input">${escaped(one.initial_value ?? '') || words(one.placeholder)}&nbsp;</span>`;
  return words(one.text);
};

const section = ({ text, fields, accessory }: Block): string => {
  const said = text === undefined ? '' : `<div class="said">${shown(text)}</div>`;
  const pairs = (fields ?? []).map((field) => `<div class="field">${shown(field)}</div>`).join('');
  const beside = accessory === undefined ? '' : `<div class="beside">${element(accessory)}</div>`;
  return `<div class="section">${said}${pairs === '' ? '' : `<div class="fields">${pairs}</div>`}${beside}</div>`;
};

const block = (one: Block): string => {
  const elements = (one.elements ?? []).map(element).join(one.type === 'context' ? ' ' : '');
  switch (one.type) {
    case 'header':
      return `<h1>${words(one.text)}</h1>`;
    case 'section':
      return section(one);
    case 'context':
    case 'actions':
      return `<div class="${one.type}">${elements}</div>`;
    case 'divider':
      return '<hr>';
    case 'input':
      return `<label>${words(one.label)}${one.optional === true ? ' <small>(optional)</small>' : ''}</label>${one.element === undefined ? '' : element(one.element)}<small>${words(one.hint)}</small>`;
    default:
      return `<div class="odd">${escaped(JSON.stringify(one))}</div>`;
  }
};

const STYLE = `
body { margin: 0; background: #fff; font: 15px/1.46 Lato, "Helvetica Neue", Arial, sans-serif; color: #1d1c1d; }
.message { display: flex; gap: 8px; padding: 8px 16px; }
.who { width: 36px; height: 36px; border-radius: 4px; background: #4a154b; color: #fff; text-align: center; line-height: 36px; flex: none; }
.body { flex: 1; min-width: 0; } .body > b { font-weight: 900; } .app { font-size: 10px; background: #ddd; padding: 1px 3px; border-radius: 2px; }
h1 { font-size: 18px; font-weight: 900; margin: 4px 0; line-height: 1.33; }
.section, .context, .actions { margin: 4px 0; } .section { display: flex; flex-wrap: wrap; gap: 8px; } .said { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; width: 100%; overflow-wrap: anywhere; }
.context { font-size: 13px; color: #616061; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
button { font: 700 13px Lato, Arial, sans-serif; padding: 6px 12px; border: 1px solid #bbb; border-radius: 4px; background: #fff; color: #1d1c1d; }
button.primary { background: #007a5a; color: #fff; border: 0; } button.danger { background: #e01e5a; color: #fff; border: 0; }
pre { font: 12px/1.5 Menlo, "DejaVu Sans Mono", monospace; background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: 12px Menlo, monospace; color: #e01e5a; background: #f8f8f8; border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px; }
a { color: #1264a3; } .mention { background: #fff3cd; } hr { border: 0; border-top: 1px solid #ddd; }
.modal { border: 1px solid #ccc; border-radius: 8px; margin: 8px; padding: 12px 16px; } .bar { display: flex; justify-content: flex-end; gap: 8px; margin-top: 12px; }
label { display: block; font-weight: 700; margin-top: 10px; } small { color: #616061; font-weight: 400; display: inline-block; }
.select, .input { display: block; border: 1px solid #bbb; border-radius: 4px; padding: 6px 10px; color: #616061; } .choice { margin: 2px 0; }
@media (max-width: 500px) { body { font-size: 16px; } .fields { grid-template-columns: 1fr 1fr; } }`;

/** A page that shows blocks about as Slack does. */
export function slackPage(golden: unknown): string {
  const look = LOOK.parse(golden);
  const blocks = look.blocks.map(block).join('');
  const bar = [look.close, look.submit].map((one) => (one ? `<button>${shown(one)}</button>` : '')).join('');
  const message = `<div class="message"><div class="who">⚓</div><div class="body"><b>ops</b> <span class="app">APP</span> ${blocks}</div></div>`;
  const around = look.title
    ? `<div class="modal"><h1>${shown(look.title)}</h1>${blocks}<div class="bar">${bar}</div></div>`
    : message;
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${look.type === 'home' ? `<div class="modal">${blocks}</div>` : around}`;
}
