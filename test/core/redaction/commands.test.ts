import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/core/redaction/index.ts';

const redactor = createRedactor();
const PASSWORDS = ['dragonfly', ['h7Kq2vXp', '9LmZ'].join('')];

/** How tools take a password on their command line. */
const COMMANDS: ((password: string) => string)[] = [
  (x) => `PGPASSWORD=${x} pg_dump -h db shop`,
  (x) => `psql "host=db user=bob password=${x}" -c 'select 1'`,
  (x) => `psql postgresql://bob:${x}@db/shop`,
  (x) => `mysql -h db -u bob -p${x} shop`,
  (x) => `mysqladmin -u root -p'${x}' status`,
  (x) => `mysqldump --user=bob --password=${x} shop`,
  (x) => `mongosh -u bob -p ${x} db/shop`,
  (x) => `mongodump --host db --username bob --password ${x}`,
  (x) => `redis-cli -h cache -a ${x} ping`,
  (x) => `redis-cli --user bob --pass ${x} ping`,
  (x) => `sshpass -p ${x} ssh bob@host`,
  (x) => `sshpass -p'${x}' scp a bob@host:`,
  (x) => `smbclient //host/share -U bob%${x}`,
  (x) => `mount -t cifs //host/share /mnt -o username=bob,password=${x}`,
  (x) => `ldapsearch -x -D cn=admin -w ${x} -b dc=example`,
  (x) => `ldapmodify -D cn=admin -w '${x}' -f a.ldif`,
  (x) => `openssl rsa -in key.pem -passin pass:${x} -out a.pem`,
  (x) => `openssl pkcs12 -export -passout pass:${x} -in a.pem`,
  (x) => `zip -P ${x} -r a.zip dir`,
  (x) => `unzip -P ${x} a.zip`,
  (x) => `7z a -p${x} a.7z dir`,
  (x) => `unrar x -p${x} a.rar`,
  (x) => `rar a -hp${x} a.rar dir`,
  (x) => `htpasswd -b .htpasswd bob ${x}`,
  (x) => `htpasswd -nbB bob ${x}`,
  (x) => `net use Z: \\\\host\\share /user:bob ${x}`,
  (x) => `net user bob ${x} /add`,
  (x) => `az login --service-principal -u http://app -p ${x} --tenant t`,
  (x) => `aws configure set aws_secret_access_key ${x}`,
  (x) => `aws configure set profile.dev.aws_session_token ${x}`,
  (x) => `gcloud sql users set-password bob --password=${x}`,
  (x) => `kubectl create secret generic db --from-literal=password=${x}`,
  (x) => `kubectl create secret generic db --from-literal=value=${x}`,
  (x) => `kubectl create secret docker-registry r --docker-username=bob --docker-password=${x}`,
  (x) => `helm install shop ./chart --set postgres.password=${x},replicas=2`,
  (x) => `git clone https://bob:${x}@git.example.com/a.git`,
  (x) => `wget --user=bob --password=${x} https://files.example.com/a`,
  (x) => `curl -u bob:${x} https://api.example.com`,
  (x) => `curl --user "bob:${x}" https://api.example.com`,
  (x) => `curl -H "Authorization: Bearer ${x}1" https://api.example.com`,
  (x) => `curl -H 'X-Api-Key: ${x}' https://api.example.com`,
  (x) => `sqlcmd -S db -U sa -P ${x} -Q "select 1"`,
  (x) => `bcp shop out a.csv -U sa -P ${x}`,
  (x) => `SNOWSQL_PWD=${x} snowsql -a acct -u bob`,
  (x) => `vault login ${x}`,
  (x) => `vault login -method=userpass username=bob password=${x}`,
  (x) => `vault kv put secret/db password=${x}`,
  (x) => `docker login -u bob -p ${x} registry.example.com`,
  (x) => `podman login --username bob --password ${x} registry.example.com`,
  (x) => `skopeo copy --src-creds bob:${x} docker://a docker://b`,
  (x) => `skopeo inspect --creds=bob:${x} docker://a`,
  (x) => `ansible-playbook site.yml -e "db_password=${x}"`,
  (x) => `ansible-playbook site.yml -e ansible_become_pass=${x}`,
  (x) => `terraform apply -var 'db_password=${x}'`,
  (x) => `terraform plan -var="api_token=${x}"`,
  (x) => `echo ${x} | docker login -u bob --password-stdin`,
  (x) => `echo "${x}" | sudo -S systemctl restart shop`,
  (x) => `echo 'bob:${x}' | chpasswd`,
  (x) => `useradd -m -p ${x} bob`,
  (x) => `lftp -u bob,${x} ftp.example.com`,
  (x) => `ncftpput -u bob -p ${x} host /dir a`,
  (x) => `rabbitmqctl add_user bob ${x}`,
  (x) => `rabbitmqctl change_password bob '${x}'`,
  (x) => `keytool -genkey -alias a -storepass ${x} -keypass ${x}`,
  (x) => `gpg --batch --passphrase ${x} -d a.gpg`,
  (x) => `ssh-keygen -t ed25519 -N '${x}' -f key`,
  (x) => `xfreerdp /v:host /u:bob /p:${x}`,
  (x) => `cmdkey /add:host /user:bob /pass:${x}`,
  (x) => `cqlsh -u bob -p ${x} host`,
  (x) => `clickhouse-client --user bob --password ${x}`,
  (x) => `influx -username bob -password ${x}`,
  (x) => `mosquitto_pub -h host -u bob -P ${x} -t a -m b`,
  (x) => `ipmitool -I lanplus -H host -U bob -P ${x} power on`,
  (x) => `twine upload -u bob -p ${x} dist/a.whl`,
  (x) => `mvn deploy -Dpassword=${x}`,
  (x) => `npm config set //registry.example.com/:_authToken ${x}`,
  (x) =>
    `git config --global http.extraHeader "Authorization: Basic ${Buffer.from(`bob:${x}`).toString('base64')}"`,
];

test('redaction: the password of a command is masked, whatever the tool calls it', () => {
  for (const password of PASSWORDS)
    for (const write of COMMANDS) {
      for (const text of [
        write(password),
        `$ ${write(password)}\nok`,
        JSON.stringify({ cmd: write(password) }),
      ]) {
        const after = redactor.text(text);
        expect(after, text).not.toContain(password);
        expect(after, text).toMatch(/REDACTED/);
        expect(redactor.text(after)).toBe(after);
      }
    }
});

test('redaction: commands without a password, with a variable or with a prompt stay', () => {
  for (const text of [
    'psql -h db -p 5432 -U bob shop',
    'mkdir -p build/out && cp -p a b',
    'docker run -p 8080:80 -e NODE_ENV=production image',
    'mysqldump -p < dump.sql',
    'redis-cli -p 6379 ping',
    'ssh -p 2222 bob@host',
    'zip -r a.zip dir',
    '7z x a.7z -oout',
    'curl -u bob https://api.example.com',
    'vault login -method=oidc',
    'vault login $VAULT_TOKEN',
    'docker login -u bob --password-stdin',
    'echo $TOKEN | docker login -u bob --password-stdin',
    'helm install shop ./chart --set image.tag=v1.2.3',
    'kubectl create secret generic db --from-literal=password=$DB_PASSWORD',
    'kubectl create secret generic db --from-literal=username=bob',
    'terraform apply -var region=eu-west-1',
    'openssl rsa -in key.pem -passin env:KEY_PASS',
    'openssl rsa -in key.pem -passin file:pass.txt',
    'aws configure set region eu-west-1',
    'net user bob /delete',
    'net use Z: \\\\host\\share',
    'unzip -p a.zip b.txt',
    'useradd -m bob',
    'sudo -S true',
    'the password of vault login is asked for',
    'ssh-keygen -t ed25519 -N "" -f key',
    'gpg --passphrase-file a.txt -d a.gpg',
    'sqlcmd -S db -U sa -P $SA_PASSWORD',
    'npm login',
    'az login --use-device-code',
    'echo done | tee log',
  ])
    expect(redactor.text(text), text).toBe(text);
});
