// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The decoder without Avro comes to what the events are. */
class DecodePyTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path dir;

    private record Ran(int code, List<String> lines, String errors) {}

    @BeforeAll
    static void needsPython() throws Exception {
        boolean found;
        try {
            found = new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException none) {
            found = false;
        }
        if (!found) {
            System.out.println("decode.py skipped: no python3 (3.8 or newer) here");
        }
        assumeTrue(found);
    }

    @Test
    void shouldShowEveryKindOfEventAsItIs() throws Exception {
        List<SpecificRecord> events = GoldenEventsTest.events().toList();
        Ran ran = run(events.stream().map(Events::encode).toList());
        assertThat(ran.code()).as(ran.errors()).isZero();
        assertThat(ran.lines()).hasSameSizeAs(events);
        for (int i = 0; i < events.size(); i++) {
            ObjectNode shown = (ObjectNode) JSON.readTree(ran.lines().get(i));
            assertThat(shown.remove("event").asString())
                    .isEqualTo(events.get(i).getSchema().getName());
            assertThat(shown.toString()).isEqualTo(PlainEvents.of(events.get(i)).toString());
        }
    }

    @Test
    void shouldTellWhatItCannotDecodeAndGoOn() throws Exception {
        byte[] good = Events.encode(GoldenEventsTest.events().toList().get(0));
        byte[] cut = Arrays.copyOf(good, good.length - 1);
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        byte[] foreign = good.clone();
        foreign[5]++;
        Ran ran = run(List.of(new byte[] {1, 2, 3}, cut, longer, foreign, good));
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.lines()).hasSize(1);
        assertThat(ran.errors().lines())
                .hasSize(4)
                .satisfiesExactly(
                        line -> assertThat(line).contains("value 1: no single-object encoding: it begins with 0102"),
                        line -> assertThat(line).contains("value 2: it is cut short"),
                        line -> assertThat(line).contains("value 3: 1 bytes are left over"),
                        line -> assertThat(line).contains("value 4: no schema has the fingerprint"));
    }

    private Ran run(List<byte[]> values) throws Exception {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(framed);
        for (byte[] value : values) {
            out.writeInt(value.length);
            out.write(value);
        }
        Path input = Files.write(dir.resolve("in"), framed.toByteArray());
        Path output = dir.resolve("out");
        Path errors = dir.resolve("err");
        int code = new ProcessBuilder(
                        "python3", Path.of("decode.py").toAbsolutePath().toString())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        return new Ran(
                code,
                Files.readAllLines(output, StandardCharsets.UTF_8),
                Files.readString(errors, StandardCharsets.UTF_8));
    }
}
