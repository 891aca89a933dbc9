/** Names that events and rules of the benchmark draw from; the front of each list is what a busy host is full of. */
export const PROGRAMS = [
  'sh', 'bash', 'python3', 'node', 'java', 'sed', 'grep', 'cat', 'ls', 'awk', 'sleep', 'systemctl', 'ps', 'date', 'cron', 'runc', 'dockerd',
  'containerd-shim', 'nginx', 'postgres', 'redis-server', 'sshd', 'sudo', 'find', 'xargs', 'cut', 'tr', 'head', 'tail', 'wc', 'sort', 'uname',
  'id', 'hostname', 'ip', 'ss', 'netstat', 'curl', 'wget', 'git', 'make', 'gcc', 'ld', 'perl', 'ruby', 'php', 'apt-get', 'dpkg', 'rpm', 'yum',
  'systemd', 'journalctl', 'logrotate', 'rsync', 'tar', 'gzip', 'openssl', 'base64', 'nc', 'socat', 'nmap', 'tcpdump', 'strace', 'gdb', 'chmod',
  'chown', 'chattr', 'crontab', 'useradd', 'passwd', 'mount', 'umount', 'modprobe', 'insmod', 'iptables', 'kubectl', 'aws', 'gcloud', 'az', 'terraform',
] as const

export const FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/usr/local/bin', '/opt/app/bin', '/usr/lib/systemd', '/snap/bin', '/tmp', '/var/tmp', '/dev/shm', '/home/build/.local/bin'] as const

export const ARGUMENTS = [
  '-c', '-x', '-la', '--version', '-f', '-r', '-e', '-n', '/etc/hosts', '/var/log/syslog', '/proc/self/status', '--config=/etc/app/app.yaml', '--port', '8080',
  'status', 'restart', '-o', 'json', '--quiet', '/home/build/project/src/index.ts', 'http://10.20.30.40:8080/health', 'https://packages.example.com/stable',
  '-p', '22', '--user', 'deploy', '/srv/www/html', 'SELECT 1', 'echo ok', '--', '*.log', '-exec', '{}', ';',
] as const

export const FILES = ['/var/log/app.log', '/tmp/sess_', '/etc/cron.d/job', '/home/build/.cache/', '/srv/www/html/index.html', '/var/lib/docker/overlay2/', '/root/.ssh/authorized_keys', '/usr/lib/systemd/system/app.service', '/opt/app/data/', '/proc/sys/kernel/'] as const

export const FILE_ACTIONS = ['creation', 'modification', 'deletion', 'rename', 'open'] as const

export const USERS = ['root', 'deploy', 'www-data', 'postgres', 'build', 'ubuntu', 'nobody'] as const
