package io.votelog.auditor;

import picocli.CommandLine.Option;

/**
 * What every command can be asked about itself. {@code -h} and {@code -V} mean the same, see {@link Program}: as options they would
 * take every value that begins like them.
 */
final class HelpOptions {
    @Option(names = "--help", usageHelp = true, order = 1000, description = "say this (also: -h)")
    private boolean help;

    @Option(names = "--version", versionHelp = true, order = 1001, description = "say which version this is (also: -V)")
    private boolean version;
}
