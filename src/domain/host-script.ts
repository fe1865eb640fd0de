/**
 * Tells how a host stands, in POSIX sh; constant, so that a gate or a sudoers file can name it. What a host lacks is left
 * out. The list of processes is taken before the shell would stand in it as more than itself.
 */
const HOST_SCRIPT = `# Botswain's constant script: how this host stands
LC_ALL=C; export LC_ALL
section() { echo "== $1"; }
section name; uname -n
section uptime; cat /proc/uptime
section load; cat /proc/loadavg; grep -c '^processor' /proc/cpuinfo
section memory; grep -E '^(MemTotal|MemAvailable|MemFree|Buffers|Cached|SwapTotal|SwapFree):' /proc/meminfo
section disks; df -P -k -x tmpfs -x devtmpfs -x squashfs -x overlay 2>/dev/null || df -P -k
section processes; ps -eo pid=,rss=,pcpu=,args= --sort=-rss 2>/dev/null | cut -c 1-160 | head -n 8
section ports; ss -H -l -n -t 2>/dev/null || ss -l -n -t 2>/dev/null
exit 0
`;

/** The argv that reads a host. */
export const HOST_ARGV: readonly string[] = ['sh', '-c', HOST_SCRIPT, 'botswain-host'];

/** The argv that asks an engine what its containers use; the answer takes two seconds. */
export const STATS_ARGV: readonly string[] = [
  'docker',
  'stats',
  '--no-stream',
  '--format',
  '{{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.MemPerc}}',
];
