import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** Prints one line for each failed assertion: clause, test number, message. */
public final class UaCheck {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        var flavour = PDFAFlavour.byFlavourId(arguments[0]);
        try (var parser = Foundries.defaultInstance().createParser(new File(arguments[1]), flavour);
                var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            var result = validator.validate(parser);
            for (var assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    var rule = assertion.getRuleId();
                    System.out.println(rule.getClause() + "-" + rule.getTestNumber() + " "
                            + assertion.getMessage().replaceAll("\\s+", " "));
                }
            }
            System.out.println(result.isCompliant() ? "compliant" : "not compliant");
        }
    }
}
