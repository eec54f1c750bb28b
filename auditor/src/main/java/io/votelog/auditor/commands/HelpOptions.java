// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import picocli.CommandLine.Option;

/**
 * What every command can be asked about itself. {@code -h} and {@code -V} mean the same, see {@code Program}: as options they would
 * take every value that begins like them.
 */
public final class HelpOptions {
    @Option(names = "--help", usageHelp = true, order = 1000, description = "say this (also: -h)")
    private boolean help;

    @Option(names = "--version", versionHelp = true, order = 1001, description = "say which version this is (also: -V)")
    private boolean version;
}
