import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasSecrets, MASK, maskSecrets, secretSpans } from './secrets'

const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0', 'sIgNaTuRe-_12'].join('.')
const IMDS = `AQAEA${'bC3dE4fG5hI6jK7lM8n'.repeat(2)}==`
const AWS_SECRET = ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/')
const GOOGLE = ['AIza', 'SyA1234567890abcdefghijklmnopqrstuv'].join('')
const SESSION = `IQoJb3JpZ2luX2Vj${'AbCd0123/+'.repeat(6)}==`

test.each([
  [`curl -H "X-aws-ec2-metadata-token: ${IMDS}" http://169.254.169.254/latest/meta-data/`, [IMDS]],
  [`curl -H 'X-aws-ec2-metadata-token:${IMDS}' http://169.254.169.254/`, [IMDS]],
  [`curl -HX-aws-ec2-metadata-token:abc123 http://169.254.169.254/`, ['abc123']],
  [`echo ${IMDS}`, [IMDS]],
  [`AWS_SECRET_ACCESS_KEY=${AWS_SECRET} aws s3 ls`, [AWS_SECRET]],
  [`export AWS_SECRET_ACCESS_KEY="${AWS_SECRET}"; aws sts get-caller-identity`, [AWS_SECRET]],
  [`env AWS_SESSION_TOKEN=${SESSION} aws s3 ls`, [SESSION]],
  [`aws configure set aws_secret_access_key ${AWS_SECRET}`, [AWS_SECRET]],
  [`{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"${AWS_SECRET}","Token":"${SESSION}"}`, [AWS_SECRET, SESSION]],
  [`curl -H "Authorization: Bearer abc.def" https://x/`, ['abc.def']],
  [`curl --header 'authorization: Basic dXNlcjpwYXNz' https://x/`, ['dXNlcjpwYXNz']],
  [`curl -H "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20261128/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef"`, ['0123456789abcdef0123456789abcdef']],
  [`curl -H "Authorization: ${JWT}" https://x/`, [JWT]],
  [`curl -H "Cookie: session=abc; csrf=def" https://x/`, ['session=abc; csrf=def']],
  [`curl -b x -H 'X-Vault-Token: s.abcdef' https://vault/`, ['s.abcdef']],
  [`curl -u admin:hunter2 https://x/`, ['hunter2']],
  [`curl -s -k --user 'ann:p@ss w' https://x/`, ['p@ss']],
  [`curl -uadmin:hunter2 https://x/`, ['hunter2']],
  [`wget --password=hunter2 https://x/`, ['hunter2']],
  [`tool --password hunter2 --verbose`, ['hunter2']],
  [`tool --db-password "two words" -v`, ['two words']],
  [`tool --token=abc123`, ['abc123']],
  [`tool -api-key abc123`, ['abc123']],
  [`mysql -u root -phunter2 db`, ['hunter2']],
  [`mysqldump -h db -uroot -p'hun ter' db`, ["hun ter"]],
  [`mysql --password=hunter2 -e 'select 1'`, ['hunter2']],
  [`MYSQL_PWD=hunter2 mysql`, ['hunter2']],
  [`PGPASSWORD=hunter2 psql -h db`, ['hunter2']],
  [`sshpass -p hunter2 ssh root@10.0.0.1`, ['hunter2']],
  [`ldapsearch -x -D cn=admin -w hunter2 -b dc=x`, ['hunter2']],
  [`redis-cli -h r -a hunter2 ping`, ['hunter2']],
  [`docker login -u ann -p hunter2 registry`, ['hunter2']],
  [`openssl enc -aes-256-cbc -pass pass:hunter2 -in a`, ['hunter2']],
  [`psql postgres://ann:hunter2@db.internal:5432/x`, ['hunter2']],
  [`git clone https://x-access-token:ghp_abcdefghijklmnop1234@github.com/a/b`, ['ghp_abcdefghijklmnop1234']],
  [`git clone https://ghp_abcdefghijklmnop1234@github.com/a/b`, ['ghp_abcdefghijklmnop1234']],
  [`az storage blob list --account-key abcd==`, ['abcd==']],
  [`curl 'https://a.blob.core.windows.net/c?sv=2024-01-01&sig=abc%2Fdef123'`, ['abc%2Fdef123']],
  [`export AZURE_CLIENT_SECRET=abc~def`, ['abc~def']],
  [`AccountName=x;AccountKey=abcd1234==;EndpointSuffix=core.windows.net`, ['abcd1234==']],
  [`curl -H "Authorization: Bearer ya29.a0AfH6SMBx1234567890" https://storage.googleapis.com/`, ['ya29.a0AfH6SMBx1234567890']],
  [`curl "https://maps.googleapis.com/x?key=${GOOGLE}"`, [GOOGLE]],
  [`echo ${JWT} | base64 -d`, [JWT]],
  [`gh auth login --with-token ghp_abcdefghijklmnop1234`, ['ghp_abcdefghijklmnop1234']],
  [`CREATE USER x IDENTIFIED BY 'hunter2'`, ['hunter2']],
  [`vault_token: s.abcdef`, ['s.abcdef']],
])('%s', (text, secrets) => {
  const masked = maskSecrets(text)
  for (const secret of secrets) expect(masked).not.toContain(secret)
  expect(masked).toContain(MASK)
  expect(secretSpans(text).map(({ start, end }) => text.slice(start, end)).join('\n')).toContain(secrets[0])
})

test.each([
  'curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/web-prod-role',
  'curl -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 21600" http://169.254.169.254/latest/api/token',
  'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/',
  'curl -H "Authorization: Bearer $(cat /run/token)" https://x/',
  'curl -H "Authorization: Bearer ${TOKEN}" https://x/',
  'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE aws s3 ls',
  'AWS_SECRET_ACCESS_KEY=$SECRET aws s3 ls',
  'mysql -u root -p db',
  'mysql -p',
  'mysqldump --port 3306 db',
  'ssh -p 22 root@10.0.0.1',
  'ssh -p 2222 -i key.pem ann@host',
  'docker run -p 8080:80 nginx',
  'mkdir -p /opt/app/secrets',
  'cp -p a b',
  'psql postgres://ann@db.internal:5432/x',
  'psql -h db -U ann -p 5432',
  'git clone git@github.com:a/b.git',
  'scp a.txt ann@host:/tmp/secret.txt',
  'curl -u admin https://x/',
  'curl -o out https://x:8443/a?page=2&code=1',
  'curl http://[fd00:ec2::254]/latest/',
  'tool --password-file /run/secrets/db',
  'tool --token-ttl 60 --verbose',
  'tool --password --verbose',
  'passwd ann',
  'cat /etc/passwd',
  'kubectl get secret db-password -o yaml',
  'aws secretsmanager get-secret-value --secret-id prod/db',
  'aws ssm get-parameter --name /prod/password --with-decryption',
  'grep -r password /etc',
  'grep -ri "secret" .',
  'tar -czpf /tmp/x.tgz /var/www',
  'sudo -u postgres psql',
  'id -u ann',
  'top -u root',
  'openssl x509 -in a.pem -noout',
  'python3 -c "import os; print(os.environ)"',
  'sha256sum 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'The token was asked for; the password is not known.',
  'Asked the owner about the secret: nobody knows.'.replace(': nobody', ' and nobody'),
  'process.name == "curl" and user.name : "root"',
  'unzip -p a.zip',
  'ps -ef',
])('is left as it is: %s', (text) => {
  expect(maskSecrets(text)).toBe(text)
})

test('masking is the same when it is done twice, changes nothing else, and ends on any text', () => {
  const word = fc.constantFrom('curl ', '-u ', 'a:b', '--password ', '=', '"', "'", 'Authorization: Bearer ', 'x', ' ', '\n', 'mysql ', '-p', JWT, 'https://u:p@h/', ';', 'TOKEN=', '{"Token":"', '\\', '$')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const text = words.join('')
      const spans = secretSpans(text)
      let at = 0
      for (const { start, end } of spans) {
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeGreaterThan(start)
        at = end
      }
      expect(at).toBeLessThanOrEqual(text.length)
      expect(hasSecrets(text)).toBe(spans.length > 0)
    }),
  )
})

test('a long line is read in time that grows with its length', () => {
  const long = `${'curl -u '.repeat(3_000)}${'a'.repeat(20_000)}${' -p'.repeat(3_000)}${'mysql '.repeat(2_000)}${'token'.repeat(2_000)}`
  expect(maskSecrets(long).length).toBeGreaterThan(0)
})
