// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.commands;

import io.votelog.auditor.report.Report;
import io.votelog.auditor.report.Texts;
import io.votelog.schemas.BallotDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code votelog-auditor digest}. */
@Command(
        name = "digest",
        sortOptions = false,
        description = {
            "Prints the digest of the ballot in each file: the one that an announcement, the gateways and the results name.",
            "",
            "It is the SHA-256 of the definition's canonical JSON (RFC 8785). Two files that say the same, in YAML or JSON and in any"
                    + " order of fields, have one digest; a changed letter makes it another one."
        })
public final class DigestCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "a ballot, YAML or JSON (.json)")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--definition", description = "prints the text itself of which it is the hash, and no end of line")
    private boolean definition;

    @Option(names = "--json", description = "the answer as JSON")
    private boolean json;

    @Override
    public Integer call() {
        List<Map<String, String>> answer = new ArrayList<>();
        for (Path file : files) {
            BallotDefinition read = WhatIfCommand.definition(file);
            if (definition) {
                System.out.print(read.json());
            } else if (json) {
                Map<String, String> one = new LinkedHashMap<>();
                one.put("ballotId", read.ballot().id());
                one.put("digest", read.digestHex());
                one.put("file", file.toString());
                answer.add(one);
            } else {
                System.out.println(
                        "%s  %s".formatted(read.digestHex(), read.ballot().id()));
            }
        }
        if (json && !definition) {
            System.out.println(Texts.JSON.writeValueAsString(answer));
        }
        return Report.PASSED;
    }
}
