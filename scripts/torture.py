#!/usr/bin/env python3
"""Databases that nobody designed for a test, through pgbale and back."""

import argparse
import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DESCRIPTION = """\
Dumps each database, verifies, restores it into an empty one, and compares the
two by what pg_dump --schema-only and scripts/fingerprint.sql print. The
yardstick is pg_dump's own round trip of the same database (pg_dump -Fc,
pg_restore): a difference that it has too, in the same words, is counted but
is no failure, and an entry that cannot be restored is none if pg_restore has
errors too. At the end one table; exit status 1 if a command failed or
something is different that is so only after pgbale.

DATABASE is VERSION:NAME:
  15:regression, 18:regression  what PostgreSQL's own tests leave behind
  15:contrib, 18:contrib        every extension of that server at once, with
                                data of their types
  packages:NAME                 tests/torture/packages/NAME.sql, on Debian's
                                15 with the packages of debian-tree.sh

Without DATABASE: all of them. What the programs said, the texts that were
compared, and the names of what differs stay in build/torture/.
"""

DEFINITION = re.compile(r'^--\n-- (?:Data for )?Name: .*\n--\n', re.MULTILINE)
END = '--\n-- PostgreSQL database dump complete\n--\n'
RESTRICT = re.compile(r'^\\(un)?restrict .*\n', re.MULTILINE)
# More than the largest takes on a busy machine.
COMMAND_SECONDS_MAX = 1800


class Failed(Exception):
    pass


class Log:
    """Runs commands, and keeps what they print beside each other."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, name, *words, env=None):
        """The exit status; the output is in the file `name`."""
        with open(self.path(name), 'wb') as out, \
             open(self.path(name + '.err'), 'wb') as err:
            return subprocess.run(words, env=env, stdout=out, stderr=err,
                                  timeout=COMMAND_SECONDS_MAX).returncode

    def must(self, name, *words, env=None):
        status = self.run(name, *words, env=env)
        if status != 0:
            raise Failed(f'{words[0]} exits with {status}: '
                         f'{self.path(name)}.err')

    def text(self, name):
        with open(self.path(name), encoding='utf-8',
                  errors='surrogateescape') as file:
            return file.read()


def definitions(text):
    """Every object's text, by the line that names it."""
    text = RESTRICT.sub('', text).replace(END, '')
    objects, name, start = {}, '(settings)', 0
    for match in DEFINITION.finditer(text):
        objects.setdefault(name, []).append(text[start:match.start()].strip())
        name, start = match.group().strip('- \n'), match.end()
    objects.setdefault(name, []).append(text[start:].strip())
    return {name: sorted(texts) for name, texts in objects.items()}


def contents(text):
    """Every table's count and digest, by its name."""
    lines = {}
    for line in text.splitlines():
        name, _, rest = line.partition('|')
        lines.setdefault(name, []).append(rest)
    return lines


def different(one, other):
    return {name for name in one.keys() | other.keys()
            if one.get(name) != other.get(name)}


class Server:
    """A private server of one version, and the programs that fit it."""

    def __init__(self, version):
        self.version = version
        self.folder = os.path.join(ROOT, 'build', 'torture',
                                   'server-' + version)
        self.log = Log(os.path.join(ROOT, 'build', 'torture', version))
        self.env = dict(os.environ)

    def script(self, name, *words, env=None):
        path = os.path.join(ROOT, 'scripts', name)
        return subprocess.run([path, *words], env=env, check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def start(self, names):
        if self.version == 'packages':
            tree = self.script('debian-tree.sh').strip()
            libraries = f'{tree}/usr/lib/x86_64-linux-gnu'
            start_env = dict(os.environ, LD_LIBRARY_PATH=libraries,
                             PROJ_DATA=f'{tree}/usr/share/proj',
                             GDAL_DATA=f'{tree}/usr/share/gdal')
            self.script('server.sh', 'start', self.folder, '--bindir',
                        f'{tree}/usr/lib/postgresql/15/bin', env=start_env)
            self.env['TREE'] = tree
        else:
            empty = [] if 'regression' in names else ['--empty']
            self.script('regression-database.sh', *empty, self.version,
                        self.folder)
        with open(os.path.join(self.folder, 'env'), encoding='utf-8') as file:
            values = dict(line.rstrip('\n').split('=', 1) for line in file)
        for name in [name for name in self.env if name.startswith('PG')]:
            del self.env[name]
        for name in ('PGHOST', 'PGPORT', 'PGUSER'):
            self.env[name] = values[name]
        self.env['PATH'] = values['TOOLDIR'] + ':' + self.env['PATH']

    def stop(self):
        self.script('server.sh', 'stop', self.folder)

    def query(self, database, sql):
        return subprocess.run(
            ['psql', '-qXAt', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c',
             sql], env=self.env, check=True, text=True,
            stdout=subprocess.PIPE).stdout

    def create(self, name):
        self.log.must('createdb', 'createdb', '-T', 'template0', name,
                      env=self.env)

    def drop(self, name):
        self.log.must('dropdb', 'dropdb', '--if-exists', '--force', name,
                      env=self.env)


class Case:
    """One database and its row in the table."""

    def __init__(self, server, name, pgbale):
        self.server, self.name, self.pgbale = server, name, pgbale
        self.log = Log(os.path.join(server.log.folder, name))
        self.row = {'objects': 0, 'tables': 0, 'rows': 0}
        self.statuses = []
        self.messages = []

    def run(self):
        start = time.monotonic()
        try:
            self.fill()
            self.round_trip()
            self.their_round_trip()
            self.judge()
        except Failed as failure:
            self.messages.append(str(failure))
        for name in self.databases():
            self.server.drop(name)
        self.row['exit'] = '/'.join(map(str, self.statuses)) or '-'
        self.row['seconds'] = round(time.monotonic() - start)

    def databases(self):
        return self.name, self.name + '_ours', self.name + '_theirs'

    def fill(self):
        if self.name == 'regression':
            return
        folder = 'packages' if self.server.version == 'packages' else ''
        script = os.path.join(ROOT, 'tests', 'torture', folder,
                              self.name + '.sql')
        self.server.create(self.name)
        tree = self.server.env.get('TREE', '')
        self.log.must('fill', 'psql', '-qX', '-v', 'ON_ERROR_STOP=1', '-v',
                      f'tree={tree}', '-d', self.name, '-f', script,
                      env=self.server.env)

    def command(self, *words):
        """Runs pgbale; what it says is to be seen if it is not all well."""
        name = words[0]
        status = self.log.run(name, self.pgbale, *words, env=self.server.env)
        self.statuses.append(status)
        if status != 0:
            self.messages += self.log.text(name + '.err').splitlines()[:20]
        return status

    def round_trip(self):
        source, ours, _ = self.databases()
        bale = self.log.path('archive.bale')
        if os.path.exists(bale):
            os.remove(bale)
        self.server.create(ours)
        self.command('dump', '-j', '2', '--json', '-d', source, '-f', bale)
        for line in self.log.text('dump').splitlines():
            values = json.loads(line)
            if values['type'] == 'summary':
                self.row['objects'] = values['entries']
                self.row['tables'] = values['tables']
                self.row['rows'] = values['rows']
        self.command('verify', bale)
        self.command('restore', '-j', '2', '--on-error=continue', '-d', ours,
                     bale)

    def their_round_trip(self):
        source, _, theirs = self.databases()
        env = self.server.env
        dump = self.log.path('their.dump')
        self.server.create(theirs)
        self.log.must('pg_dump', 'pg_dump', '-Fc', '-Z0', '-f', dump, source,
                      env=env)
        # With two jobs it loads configuration tables of extensions before
        # those that they refer to.
        self.row['pg_restore'] = self.log.run(
            'pg_restore', 'pg_restore', '-d', theirs, dump, env=env)
        os.remove(dump)

    def read(self, database, what):
        self.log.must(f'{what}.definitions', 'pg_dump', '-s', database,
                      env=self.server.env)
        self.log.must(f'{what}.contents', 'psql', '-qX', '-v',
                      'ON_ERROR_STOP=1', '-d', database, '-f',
                      os.path.join(ROOT, 'scripts', 'fingerprint.sql'),
                      env=self.server.env)
        return {**definitions(self.log.text(f'{what}.definitions')),
                **contents(self.log.text(f'{what}.contents'))}

    def judge(self):
        source, ours, theirs = (
            self.read(database, what) for database, what
            in zip(self.databases(), ('source', 'ours', 'theirs')))
        ours_different = different(source, ours)
        theirs_different = different(source, theirs)
        only = ours_different & different(theirs, ours)
        with open(self.log.path('differences'), 'w', encoding='utf-8',
                  errors='surrogateescape') as file:
            for name in sorted(ours_different | theirs_different):
                where = ('only after pgbale' if name in only else
                         'after both' if name in ours_different else
                         'only after pg_dump')
                print(f'{where}: {name}', file=file)
        self.row['ours'] = len(ours_different)
        self.row['theirs'] = len(theirs_different)
        self.row['only'] = len(only)
        self.messages += ['only after pgbale: ' + name
                          for name in sorted(only)[:40]]

    def passed(self):
        restored = (0, 3) if self.row.get('pg_restore') else (0,)
        return (self.row.get('only') == 0 and len(self.statuses) == 3 and
                not any(self.statuses[:2]) and self.statuses[2] in restored)


def all_databases():
    names = ['15:regression', '15:contrib', '18:regression', '18:contrib']
    folder = os.path.join(ROOT, 'tests', 'torture', 'packages')
    names += sorted('packages:' + os.path.splitext(name)[0]
                    for name in os.listdir(folder))
    return names


COLUMNS = (('version', '{:<9}'), ('database', '{:<16}'), ('objects', '{:>8}'),
           ('tables', '{:>7}'), ('rows', '{:>8}'), ('ours', '{:>6}'),
           ('theirs', '{:>7}'), ('only', '{:>5}'), ('exit', '{:>7}'),
           ('pg_restore', '{:>10}'), ('seconds', '{:>8}'))


def print_table(cases):
    print('\nours, theirs: objects different after the round trip of pgbale, '
          'of pg_dump;\nonly: so after pgbale only; exit: dump, verify, '
          'restore of pgbale\n')
    print(' '.join(form.format(name) for name, form in COLUMNS))
    for case in cases:
        values = dict(case.row, version=case.server.version,
                      database=case.name)
        print(' '.join(form.format(values.get(name, '-'))
                       for name, form in COLUMNS))


def run_server(version, names, pgbale):
    server = Server(version)
    cases = [Case(server, name, pgbale) for name in names]
    try:
        server.start(names)
    except subprocess.CalledProcessError as error:
        # Its script has said why. All of its databases count as failed.
        print(f'torture: no server "{version}": {error.cmd[0]} exits with '
              f'{error.returncode}', flush=True)
        return cases
    try:
        for case in cases:
            print(f'torture: {version}:{case.name}', flush=True)
            case.run()
            for message in case.messages:
                print('  ' + message[:300], flush=True)
    finally:
        server.stop()
    return cases


def main():
    parser = argparse.ArgumentParser(
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--pgbale', default='build/release/pgbale',
                        help='the program that is tested (default: %(default)s)')
    parser.add_argument('database', nargs='*', metavar='DATABASE')
    arguments = parser.parse_args()
    by_server = {}
    for name in arguments.database or all_databases():
        version, _, database = name.partition(':')
        by_server.setdefault(version, []).append(database)
    cases = []
    for version, names in by_server.items():
        cases += run_server(version, names, os.path.abspath(arguments.pgbale))
    print_table(cases)
    failed = sum(not case.passed() for case in cases)
    print(f'\n{len(cases) - failed} passed, {failed} failed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
