// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import picocli.CommandLine.Option;

/**
 * The options {@code --help} and {@code --version} of every command. {@code Program} translates {@code -h} and
 * {@code -V}: as options of picocli, they would also match every value that begins with them.
 */
public final class HelpOptions {
    @Option(names = "--help", usageHelp = true, order = 1000, description = "say this (also: -h)")
    private boolean help;

    @Option(names = "--version", versionHelp = true, order = 1001, description = "say which version this is (also: -V)")
    private boolean version;
}
