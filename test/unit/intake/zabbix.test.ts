import { describe, expect, it } from 'vitest';
import type { AlertReport } from '../../../src/domain/alert.ts';
import { readAs, sourceNamed } from '../../contract/sources.ts';
import { filled } from './filling.ts';

const reportOf = (content: unknown): AlertReport | undefined => readAs('zabbix', content).reports[0];

/** What Zabbix does with a webhook media type: fills the parameters in, and calls the script with them as JSON. */
function zabbixSends(macros: Readonly<Record<string, string>>, status = 202) {
  const [parameters = '', script = ''] = (sourceNamed('zabbix').template ?? '').split('\n\nScript:\n');
  const pairs = parameters
    .split('\n')
    .slice(1)
    .map((line) => /^(\w+): (.*)$/.exec(line) ?? [])
    .map(([, name = '', value = '']) => [name, filled(value, macros, false)] as const);
  const sent: { url: string; body: string; headers: string[] } = { url: '', body: '', headers: [] };
  class HttpRequest {
    addHeader(header: string) {
      sent.headers.push(header);
    }
    post(url: string, body: string) {
      Object.assign(sent, { url, body });
      return 'answer';
    }
    getStatus() {
      return status;
    }
  }
  const result: unknown = new Function('value', 'HttpRequest', script)(
    JSON.stringify(Object.fromEntries(pairs)),
    HttpRequest,
  );
  return { ...sent, result };
}

describe('the template of Zabbix', () => {
  const MACROS = {
    '{EVENT.ID}': '10528',
    '{TRIGGER.ID}': '14032',
    '{EVENT.VALUE}': '1',
    '{EVENT.UPDATE.STATUS}': '0',
    '{EVENT.ACK.STATUS}': 'No',
    '{EVENT.NSEVERITY}': '4',
    '{EVENT.SEVERITY}': 'High',
    '{HOST.NAME}': 'web-1',
    '{EVENT.NAME}': 'Disk "/" is full',
    '{EVENT.OPDATA}': '97 %',
    '{EVENT.TAGSJSON}':
      '[{"tag":"service","value":"karmabot"},{"tag":"scope","value":"capacity"},{"tag":"vip","value":""}]',
    '{$ZABBIX.URL}': 'https://zabbix.example.com',
    TOKEN: 'secret',
  };
  const read = (more: Readonly<Record<string, string>> = {}) =>
    reportOf(JSON.parse(zabbixSends({ ...MACROS, ...more }).body));

  it('gives everything, and sends the token as a header only', () => {
    const { headers, url, body, result } = zabbixSends(MACROS);
    expect([url, result]).toEqual(['https://BOTSWAIN/alerts/zabbix', 'OK']);
    expect(headers).toContain('Authorization: Bearer secret');
    expect(body).not.toContain('secret');
    expect(read()).toMatchObject({
      fingerprint: 'trigger:14032',
      status: 'firing',
      level: 'critical',
      levelSaid: 'High',
      title: 'Disk "/" is full',
      description: '97 %',
      service: 'karmabot',
      labels: { host: 'web-1', scope: 'capacity', tags: 'vip' },
      links: [{ url: 'https://zabbix.example.com/tr_events.php?triggerid=14032&eventid=10528' }],
    });
    expect(() => zabbixSends(MACROS, 401)).toThrow('Botswain answered 401: answer');
  });

  it.each([
    ['Not classified', 'unknown'],
    ['Information', 'info'],
    ['Warning', 'warning'],
    ['Average', 'error'],
    ['High', 'critical'],
    ['Disaster', 'critical'],
    ['5', 'critical'],
  ])('severity %s is %s', (severity, level) => {
    expect(read({ '{EVENT.SEVERITY}': severity })?.level).toBe(level);
  });

  it('an update that acknowledges, and the recovery under another name', () => {
    expect(read({ '{EVENT.UPDATE.STATUS}': '1', '{EVENT.ACK.STATUS}': 'Yes' })?.status).toBe('acknowledged');
    const over = read({ '{EVENT.VALUE}': '0', '{EVENT.ACK.STATUS}': 'Yes', '{EVENT.NAME}': 'Disk is fine' });
    expect(over).toMatchObject({ status: 'resolved', fingerprint: 'trigger:14032' });
  });

  it('the button Test, which fills nothing in', () => {
    const test = reportOf(JSON.parse(zabbixSends({ TOKEN: 't' }).body));
    expect(test).toMatchObject({ kind: 'test', title: 'Test from Zabbix' });
  });
});
