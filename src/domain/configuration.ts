import type { PlacedBackup, PlacedStorage } from './backup.ts';
import type { BreakGlassSettings } from './break-glass.ts';
import type { BudgetRule } from './budget.ts';
import type { PlacedDeploy } from './deploy.ts';
import type { PlacedEnvFile } from './env-file.ts';
import type { ComponentRef, SecretReference, Target } from './fleet.ts';
import type { Freeze } from './freeze.ts';
import type { IncidentSettings, Integration } from './incident-settings.ts';
import type { OnCallSettings } from './on-call.ts';
import type { Person } from './person.ts';
import type { PolicyRule } from './policy.ts';
import type { PostMortemSettings } from './post-mortem-settings.ts';
import type { PlacedProcedure } from './procedure.ts';
import type { PlacedSchedule } from './schedule.ts';
import type { StatusPageSettings } from './status-settings.ts';
import type { Thresholds } from './verdict.ts';

/** A component in one environment, with its settings as its kind's schema accepted them. */
export interface PlacedComponent {
  readonly ref: ComponentRef;
  readonly kind: string;
  readonly settings: unknown;
  readonly target: Target;
  /** Milliseconds between two looks at its status. */
  readonly everyMs: number;
}

/** A check in one environment, `${target.var}` already put in. */
export interface PlacedCheck {
  readonly service: string;
  readonly environment: string;
  readonly name: string;
  readonly kind: string;
  readonly settings: unknown;
  /** The component it speaks of; absent = the whole service. */
  readonly component?: string;
  readonly target?: Target;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly thresholds: Thresholds;
}

/** How changes of a service are verified; milliseconds. */
export interface VerifySettings {
  /** How long everything must hold. */
  readonly holdMs: number;
  /** By when it must have held. */
  readonly withinMs: number;
}

/** A bot we operate, in one environment that has its targets. */
export interface PlacedService {
  readonly name: string;
  readonly title: string;
  readonly environment: string;
  readonly links: Readonly<Record<string, string>>;
  readonly components: readonly PlacedComponent[];
  readonly checks: readonly PlacedCheck[];
  readonly verify: VerifySettings;
  /** In the order of the file. */
  readonly procedures: readonly PlacedProcedure[];
  /** Absent = it cannot be deployed from chat. */
  readonly deploy?: PlacedDeploy;
  readonly backups: readonly PlacedBackup[];
  /** Where its variables stand; absent = its configuration cannot be looked at or altered from chat. */
  readonly envFile?: PlacedEnvFile;
  readonly schedules: readonly PlacedSchedule[];
}

/** Where each chat lets people work; names are ours (`operations`, `incidents`), ids the platform's. */
export interface ChatSettings {
  readonly slack?: {
    readonly team: string;
    readonly channels: Readonly<Record<string, string>>;
    /** User group ids by the role their members hold. */
    readonly groups?: Readonly<Record<string, string>>;
  };
  readonly telegram?: { readonly chats: Readonly<Record<string, string>> };
  /** Milliseconds an urgent message waits for its chat before the other one shows it; absent = for ever. */
  readonly takeoverMs?: number;
}

/** Where and when the head of the audit is noted outside of the journal. */
export interface AuditSettings {
  /** Path, from the data folder on if it is not absolute; absent = `audit-heads.log`. */
  readonly heads?: string;
  /** When it is posted: minutes after midnight. */
  readonly postAtMinutes: number;
}

/** Everything the YAML files say, checked and put together. */
export interface Configuration {
  /** IANA name; times without zone are read and shown in it. */
  readonly timezone: string;
  readonly people: readonly Person[];
  readonly chats: ChatSettings;
  /** First match wins; nothing matches = denied. */
  readonly policy: readonly PolicyRule[];
  /** By the calendar; absent = none. What people typed is in the journal. */
  readonly freezes?: readonly Freeze[];
  /** Absent = nobody may break the glass. */
  readonly breakGlass?: BreakGlassSettings;
  /** First match wins; nothing matches = it may be tried for ever. */
  readonly budget?: readonly BudgetRule[];
  readonly services: readonly PlacedService[];
  readonly targets: readonly Target[];
  /** Where artifacts of backups are kept; absent = nowhere. */
  readonly storages?: readonly PlacedStorage[];
  /** Who outside is told that Botswain is well; absent = nobody. */
  readonly deadMan?: { readonly url: string | SecretReference; readonly everyMs: number };
  /** How long what is kept, milliseconds; absent = for ever. */
  readonly retention?: { readonly chatsMs: number; readonly changesMs: number };
  /** Every secret the settings name, so that its value can be redacted wherever it turns up. */
  readonly secrets: readonly SecretReference[];
  /** Absent = its defaults: 09:00. */
  readonly audit?: AuditSettings;
  /** Who may send alerts; absent = nobody. */
  readonly integrations?: readonly Integration[];
  /** Absent = nobody is on call, and nobody is called. */
  readonly onCall?: OnCallSettings;
  /** How alerts become incidents; absent = `USUAL_INCIDENTS`. */
  readonly incidents?: IncidentSettings;
  /** Absent = there is no public status page. */
  readonly statusPage?: StatusPageSettings;
  /** Absent = post-mortems are given as files in the chat. */
  readonly postMortems?: PostMortemSettings;
}

/** How Slack reaches us: over connections we open, or by calling our public address. */
export type SlackWay =
  /** `xapp-…`, opens Socket Mode connections. */
  | { readonly kind: 'socket'; readonly appToken: string }
  /** Signs each request. */
  | { readonly kind: 'http'; readonly signingSecret: string };

/** What the environment variables say (contract 6.2). */
export interface Environment {
  readonly configFolder: string | undefined;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly consolePort: number;
  readonly publicUrl: string | undefined;
  readonly logLevel: string;
  /** Root of the API of Statuspage, where it is another than usual. */
  readonly statuspageApiUrl?: string | undefined;
  readonly slack:
    | { readonly botToken: string; readonly way: SlackWay; readonly apiUrl: string | undefined }
    | undefined;
  readonly telegram:
    | {
        readonly botToken: string;
        readonly apiRoot: string | undefined;
        /** Set = Telegram calls us at {@link publicUrl}. */
        readonly webhookSecret?: string;
      }
    | undefined;
  /** GitHub's REST API; `apiUrl` absent = the usual one. */
  readonly github?: { readonly token?: string; readonly apiUrl?: string };
}
