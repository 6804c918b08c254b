#!/bin/sh
# kafka.sh — the jars of a real Apache Kafka, in build/kafka: the broker of the tests.
#
# Debian has no package of it. Maven brings what tests/support/kafka/pom.xml names from Maven Central;
# the system is not touched. Without Maven or the network the tests of Kafka are skipped by name.
set -eu
cd "$(dirname "$0")/.."

pom=tests/support/kafka/pom.xml
if [ -f build/kafka/.stamp ] && ! [ "$pom" -nt build/kafka/.stamp ]; then
    exit 0
fi
echo "copying Apache Kafka, named in $pom, from Maven Central into build/kafka"
mkdir -p build/kafka
mvn --batch-mode --quiet --file "$pom" dependency:copy-dependencies \
    -DoutputDirectory="$PWD/build/kafka" ||
    { echo 'Kafka could not be brought; its tests will be skipped.' >&2; exit 0; }
touch build/kafka/.stamp
