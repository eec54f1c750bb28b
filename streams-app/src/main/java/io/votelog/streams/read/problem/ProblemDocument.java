// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What says why a request is refused (RFC 9457). */
final class ProblemDocument {
    private ProblemDocument() {}

    /** The document, UTF-8. */
    static byte[] json(JsonMapper json, int status, String code, String title, @Nullable String detail) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "urn:votelog:problem:" + code);
        problem.put("title", title);
        problem.put("status", status);
        if (detail != null) {
            problem.put("detail", detail);
        }
        return json.writeValueAsBytes(problem);
    }
}
