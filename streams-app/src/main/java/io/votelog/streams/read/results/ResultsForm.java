// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.results;

import io.votelog.schemas.nist.ElectionReport;
import org.springframework.http.MediaType;

/** The forms in which results are given at one address. The first is given to whoever likes several as much. */
enum ResultsForm {
    /** The document that the stream has too. */
    JSON(MediaType.APPLICATION_JSON),
    /** A line for each option. */
    CSV(new MediaType("text", "csv")),
    /** An election report of NIST SP 1500-100. */
    NIST(MediaType.parseMediaType(ElectionReport.MEDIA_TYPE));

    private final MediaType type;

    ResultsForm(MediaType type) {
        this.type = type;
    }

    /** The type by which it is asked for. */
    MediaType type() {
        return type;
    }
}
