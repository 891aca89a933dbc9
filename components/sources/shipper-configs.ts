/** What goes into the configuration of a shipper so that it sends here. */
export interface ShipperConfig {
  readonly id: string
  readonly label: string
  /** Where the text belongs, or what to do with it. */
  readonly place: string
  readonly text: string
}

interface ShipperAccess {
  /** Where this console is reached: `http://127.0.0.1:3000`. */
  readonly origin: string
  /** The two halves of a push token, or words that stand for them. */
  readonly prefix: string
  readonly secret: string
}

/** Elasticsearch's clients take a missing port for 9200. */
function withPort(origin: string): { readonly url: string; readonly host: string; readonly port: string } {
  const { hostname, port } = new URL(origin)
  const own = port === '' ? '80' : port
  return { url: `http://${hostname}:${own}`, host: hostname, port: own }
}

/** Ready-made configurations for the shippers that speak Elasticsearch's bulk protocol, and for curl. */
export function shipperConfigs({ origin, prefix, secret }: ShipperAccess): readonly ShipperConfig[] {
  const { url, host, port } = withPort(origin)
  return [
    {
      id: 'filebeat',
      label: 'Filebeat',
      place: 'filebeat.yml; Auditbeat and the other Beats take the same',
      text: `output.elasticsearch:
  hosts: ["${url}"]
  api_key: "${prefix}:${secret}"
  allow_older_versions: true
setup.template.enabled: false
setup.ilm.enabled: false`,
    },
    {
      id: 'elastic-agent',
      label: 'Elastic Agent',
      place: 'elastic-agent.yml of a standalone agent',
      text: `outputs:
  default:
    type: elasticsearch
    hosts: ["${url}"]
    api_key: "${prefix}:${secret}"
    allow_older_versions: true`,
    },
    {
      id: 'logstash',
      label: 'Logstash',
      // Its api_key option insists on TLS.
      place: 'The pipeline’s output',
      text: `output {
  elasticsearch {
    hosts => ["${url}"]
    user => "${prefix}"
    password => "${secret}"
    index => "events"
    action => "create"
    manage_template => false
    ilm_enabled => false
  }
}`,
    },
    {
      id: 'vector',
      label: 'Vector',
      place: 'vector.yaml; put the name of your source for my_source',
      text: `sinks:
  linklocal:
    type: elasticsearch
    inputs: ["my_source"]
    endpoints: ["${url}"]
    api_version: v8
    mode: bulk
    bulk:
      action: create
      index: events
    compression: gzip
    auth:
      strategy: basic
      user: "${prefix}"
      password: "${secret}"`,
    },
    {
      id: 'fluent-bit',
      label: 'Fluent Bit',
      place: 'fluent-bit.conf',
      text: `[OUTPUT]
    Name                es
    Match               *
    Host                ${host}
    Port                ${port}
    HTTP_User           ${prefix}
    HTTP_Passwd         ${secret}
    Index               events
    Write_Operation     create
    Suppress_Type_Name  On
    Compress            gzip`,
    },
    {
      id: 'rsyslog',
      label: 'rsyslog',
      // Its queue holds a thousand messages unless told, and drops what does not fit while the console is away.
      place: 'A file in /etc/rsyslog.d, with the package rsyslog-elasticsearch; for messages that are ECS documents in JSON',
      text: `module(load="omelasticsearch")
template(name="document" type="string" string="%msg%")
action(type="omelasticsearch" template="document"
       server="http://${host}" serverport="${port}"
       uid="${prefix}" pwd="${secret}"
       searchIndex="events" searchType=""
       bulkmode="on"
       action.resumeRetryCount="-1"
       queue.type="linkedList" queue.size="100000" queue.dequeueBatchSize="1000"
       queue.filename="linklocal" queue.saveOnShutdown="on"
       errorFile="/var/spool/rsyslog/linklocal-refused.json")`,
    },
    {
      id: 'curl',
      label: 'curl',
      place: 'A shell; the file may be NDJSON or a JSON array, plain or compressed',
      text: `curl -sS -X POST -T events.ndjson.gz -H 'Authorization: Bearer ${prefix}.${secret}' '${url}/api/ingest?source=web-01'`,
    },
  ]
}
