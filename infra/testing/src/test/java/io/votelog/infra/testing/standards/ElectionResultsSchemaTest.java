// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.testing.standards;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElectionResultsSchemaTest {
    private static final String REPORT =
            """
            {"@type": "ElectionResults.ElectionReport", "Format": "summary-contest", "GeneratedDate": "2021-12-06T01:02:03Z",
             "Issuer": "i", "IssuerAbbreviation": "i", "SequenceStart": 1, "SequenceEnd": 1, "Status": "unofficial-partial",
             "VendorApplicationId": "v",
             "GpUnit": [{"@type": "ElectionResults.ReportingUnit", "@id": "unit", "Type": "county"},
                        {"@type": "ElectionResults.ReportingUnit", "@id": "other", "Type": "city", "ComposingGpUnitIds": ["unit"]}]}
            """;

    private static List<String> faults(String json) {
        return ElectionResultsSchema.faults(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldFindNothingInAReport() {
        assertThat(faults(REPORT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "SequenceStart": 1,     | ''                                    | SequenceStart
                    "SequenceEnd": 1        | "SequenceEnd": "1"                    | SequenceEnd
                    unofficial-partial      | official                              | Status
                    2021-12-06T01:02:03Z    | 2021-12-06                            | GeneratedDate
                    "Issuer": "i"           | "Issuer": "i", "Publisher": "i"       | Publisher
                    county                  | planet                                | GpUnit
                    "@id": "other"          | "@id": "unit"                         | two objects have the @id unit
                    ["unit"]                | ["nothing"]                           | ComposingGpUnitIds refers to "nothing"
                    """,
            quoteCharacter = '`')
    void shouldNameWhatIsNone(String right, String wrong, String named) {
        String broken = REPORT.replace(right, wrong.equals("''") ? "" : wrong);
        assertThat(broken).isNotEqualTo(REPORT);
        assertThat(faults(broken)).anyMatch(fault -> fault.contains(named));
    }
}
