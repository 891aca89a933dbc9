/** A rule of the shape that Linklocal exists for: a process that may ask the metadata service, and its connection to it. */
export const IMDS_RULE = `sequence by host.id, process.parent.entity_id with maxspan=1s
  [process where host.os.type == "linux" and event.type == "start" and event.action == "exec" and process.parent.executable != null and
    (
      process.name : ("curl", "wget", "python*", "perl*", "php*", "ruby*", "lua*", "telnet", "pwsh", "openssl", "nc", "ncat", "netcat", "*awk", "socat", "node") or
      process.executable : ("./*", "/tmp/*", "/var/tmp/*", "/var/www/*", "/dev/shm/*", "/etc/init.d/*", "/etc/cron*", "/boot/*", "/srv/*", "/run/*") or
      process.command_line : "*169.254.169.254*"
    ) and
    not process.working_directory : ("/opt/scanner*", "/snap/agent*", "/var/log/agent/*", "/srv/overlay*") and
    not process.executable : ("/opt/inventory/bin/agent*", "/opt/cloud/inspector", "/snap/cloud-agent/*") and
    not process.parent.executable : ("/usr/bin/setup-routes", "/usr/share/instance-connect/*", "/var/lib/agent/*", "/usr/sbin/dhclient-script")]
  [network where host.os.type == "linux" and event.action == "connection_attempted" and destination.ip == "169.254.169.254"]`
