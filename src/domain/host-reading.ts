/** How full a file system is. */
export interface DiskReading {
  readonly mount: string;
  readonly usedPercent: number;
  readonly availableBytes: number;
  readonly bytes: number;
}

/** A process that has much memory. */
export interface ProcessReading {
  readonly pid: string;
  readonly bytes: number;
  readonly cpuPercent: number;
  readonly command: string;
}

/** How a host stands; what it did not tell is absent or empty. */
export interface HostReading {
  readonly name?: string;
  readonly uptimeMs?: number;
  /** Over 1, 5 and 15 minutes. */
  readonly load?: readonly [string, string, string];
  readonly processors?: number;
  readonly memory?: { readonly bytes: number; readonly availableBytes: number };
  readonly swap?: { readonly bytes: number; readonly freeBytes: number };
  readonly disks: readonly DiskReading[];
  readonly processes: readonly ProcessReading[];
  /** `127.0.0.1:5432`, `*:22`, in the order of the ports. */
  readonly listening: readonly string[];
}

/** What a container uses, as its engine writes it. */
export interface ContainerUse {
  readonly name: string;
  readonly cpu: string;
  readonly memory: string;
  readonly memoryPercent: string;
}

function sectionsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, name] = /^== ([a-z]+)$/.exec(line) ?? [];
    if (name === undefined) lines.push(line);
    else {
      lines = [];
      sections.set(name, lines);
    }
  }
  return sections;
}

function loadOf([line = '', processors = '']: readonly string[]): Pick<HostReading, 'load' | 'processors'> {
  const [, one, five, fifteen] = /^([\d.]+) ([\d.]+) ([\d.]+) /.exec(line) ?? [];
  return {
    ...(one === undefined || five === undefined || fifteen === undefined
      ? {}
      : { load: [one, five, fifteen] }),
    ...(/^[1-9]\d*$/.test(processors.trim()) ? { processors: Number(processors) } : {}),
  };
}

/** https://docs.kernel.org/filesystems/proc.html#meminfo; its kB are 1024 bytes. */
function memoryOf(lines: readonly string[]): Pick<HostReading, 'memory' | 'swap'> {
  const known = new Map(
    lines.flatMap((line) => {
      const [, name = '', kib] = /^([A-Za-z]+):\s+(\d+) kB$/.exec(line) ?? [];
      return kib === undefined ? [] : [[name, Number(kib) * 1_024] as const];
    }),
  );
  const of = (name: string): number => known.get(name) ?? 0;
  const availableBytes = known.get('MemAvailable') ?? of('MemFree') + of('Buffers') + of('Cached');
  return {
    ...(of('MemTotal') === 0 ? {} : { memory: { bytes: of('MemTotal'), availableBytes } }),
    ...(of('SwapTotal') === 0 ? {} : { swap: { bytes: of('SwapTotal'), freeBytes: of('SwapFree') } }),
  };
}

const DISK = /^\S.*?\s+(\d+)\s+\d+\s+(-?\d+)\s+(\d+)%\s+(\/.*)$/;

/** In a container one device is mounted at several places: it is told once. */
function disksOf(lines: readonly string[]): readonly DiskReading[] {
  const disks = lines.flatMap((line) => {
    const [, all, available, percent, mount] = DISK.exec(line) ?? [];
    if (all === undefined || Number(all) === 0 || mount === undefined) return [];
    return [
      {
        mount,
        usedPercent: Number(percent),
        availableBytes: Math.max(0, Number(available)) * 1_024,
        bytes: Number(all) * 1_024,
      },
    ];
  });
  const isSame = (one: DiskReading, other: DiskReading): boolean =>
    one.bytes === other.bytes && one.availableBytes === other.availableBytes;
  return disks.filter((disk, index) => disks.findIndex((other) => isSame(disk, other)) === index);
}

const PROCESS = /^\s*(\d+)\s+(\d+)\s+([\d.]+)\s+(.*)$/;

const processesOf = (lines: readonly string[]): readonly ProcessReading[] =>
  lines.flatMap((line) => {
    const [, pid, rss, cpu, command = ''] = PROCESS.exec(line) ?? [];
    if (pid === undefined || Number(rss) === 0) return [];
    return [{ pid, bytes: Number(rss) * 1_024, cpuPercent: Number(cpu), command: command.trim() }];
  });

const portOf = (place: string): number => Number(place.slice(place.lastIndexOf(':') + 1));

const listeningIn = (lines: readonly string[]): readonly string[] => {
  const places = lines.flatMap((line) => {
    const [state, , , place = ''] = line.trim().split(/\s+/);
    return state === 'LISTEN' && /:\d+$/.test(place) ? [place.replace(/%[\w.-]+(?=:\d+$)/, '')] : [];
  });
  return [...new Set(places)].toSorted((a, b) => portOf(a) - portOf(b));
};

/** Reads what the host's script printed; undefined where it printed nothing of its own. */
export function readHost(text: string): HostReading | undefined {
  const sections = sectionsOf(text);
  if (sections.size === 0) return undefined;
  const lines = (name: string): readonly string[] => sections.get(name) ?? [];
  const [, seconds] = /^([\d.]+)/.exec(lines('uptime')[0] ?? '') ?? [];
  const name = lines('name')[0]?.trim() ?? '';
  return {
    ...(name === '' ? {} : { name }),
    ...(seconds === undefined ? {} : { uptimeMs: Math.floor(Number(seconds) * 1_000) }),
    ...loadOf(lines('load')),
    ...memoryOf(lines('memory')),
    disks: disksOf(lines('disks')),
    processes: processesOf(lines('processes')),
    listening: listeningIn(lines('ports')),
  };
}

/** Reads what `docker stats` printed, the one with the most memory first as the engine has it. */
export const readContainerUse = (text: string): readonly ContainerUse[] =>
  text.split('\n').flatMap((line) => {
    const [name = '', cpu = '', memory = '', memoryPercent = ''] = line.split('|');
    return memoryPercent === '' ? [] : [{ name, cpu, memory, memoryPercent }];
  });
