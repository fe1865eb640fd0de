/** Puts values where variables stand, the way a sender does: longest name first, as part of a JSON text. */
export function filled(template: string, values: Readonly<Record<string, string>>, isJson = true): string {
  const names = Object.keys(values).toSorted((a, b) => b.length - a.length);
  return names.reduce((text, name) => {
    const value = values[name] ?? '';
    return text.replaceAll(name, () => (isJson ? JSON.stringify(value).slice(1, -1) : value));
  }, template);
}
