import type { Rendered } from '../../../src/chat/telegram/telegram-render.ts';

/** The HTML as it goes to Telegram, and below it the keyboard, a row a line. */
export function written({ html, keyboard }: Rendered): string {
  const rows = keyboard.map((row) =>
    row.map((one) => `[${one.text}${one.style ? ` (${one.style})` : ''} → ${one.callback_data}]`).join(' '),
  );
  return `${[html, ...(rows.length > 0 ? ['<!-- keyboard', ...rows, '-->'] : [])].join('\n')}\n`;
}
